"""Views: find with access, form, one question or several, render."""
