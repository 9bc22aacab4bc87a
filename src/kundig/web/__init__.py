"""The pages: Django, rendered on the server, in German and English. They show and ask; they compute nothing."""
