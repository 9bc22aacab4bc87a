"""Small drawings beside words, 16 by 16, in one line width."""

from __future__ import annotations

from collections.abc import Mapping

ICONS: Mapping[str, str] = {
    "overview": '<path d="M2.5 7.2 8 2.6l5.5 4.6v6.2h-3.8V9.6H6.3v3.8H2.5z"/>',
    "customers": '<circle cx="6" cy="5.4" r="2.6"/><path d="M1.5 13.4c.3-2.7 2-4.2 4.5-4.2s4.2 1.5 4.5 4.2M10.6 3.1a2.5 2.5 0 0 1 0 4.7M12 9.6c1.5.5 2.4 1.8 2.6 3.8"/>',
    "journey": '<path d="M1.5 4.5h2.7c3.6 0 3.6 7 7.2 7h2.6M12 9.5l2.2 2-2.2 2M1.5 11.5h2.7c1.3 0 2.1-.9 2.8-2.1M8.6 6.6c.7-1.2 1.5-2.1 2.8-2.1h2.6M12 2.5l2.2 2-2.2 2"/>',
    "voice": '<path d="M2 3h12v8H7.5L4.5 13.6V11H2z"/>',
    "value": '<path d="M2 13.5h12M3.5 13.5V9.5h2.2v4M7 13.5V6h2.2v7.5M10.5 13.5V2.8h2.2v10.7"/>',
    "foresight": '<path d="M1.5 12.2 6 7.7l2.7 2.7 5.8-5.9M10.6 4.2h4v4"/>',
    "paths": '<path d="M2 2.5h12l-4.5 5.7v5.3l-3-1.7V8.2z"/>',
    "report": '<path d="M3.5 1.8h6l3 3v9.4h-9zM9.3 1.8v3.2h3.2M5.8 11.5V9M8 11.5V7.5M10.2 11.5v-1.7"/>',
    "work": '<path d="M2 4.2l1.4 1.4L6 3M2 9.2l1.4 1.4L6 8M2 13.7h.1M8 4.2h6M8 9h6M8 13.7h6"/>',
    "playbooks": '<circle cx="3.6" cy="3.6" r="1.8"/><circle cx="12.4" cy="8" r="1.8"/><circle cx="3.6" cy="12.4" r="1.8"/><path d="M5.4 3.6h3.1c1.5 0 1.6 4.4 2.1 4.4M5.4 12.4h3.1c1.5 0 1.6-4.4 2.1-4.4"/>',
    "surveys": '<path d="M2.5 2h11v12h-11zM5 5.5l1 1 1.6-1.8M5 10.5l1 1 1.6-1.8M9.6 5.6h2M9.6 10.6h2"/>',
    "inbox": '<path d="M2 9.2 4.2 2.8h7.6L14 9.2v4.3H2zM2 9.2h3.6c.2 1.5 1.1 2.3 2.4 2.3s2.2-.8 2.4-2.3H14"/>',
    "projects": '<circle cx="8" cy="8" r="6.2"/><circle cx="8" cy="8" r="2.6"/><path d="M8 1.8V.6M8 15.4v-1.2M14.2 8h1.2M.6 8h1.2"/>',
    "questions": '<circle cx="8" cy="8" r="6.2"/><path d="M6.1 6.3c.1-2.5 3.9-2.3 3.8 0-.1 1.5-1.9 1.5-1.9 3M8 11.3v.4"/>',
    "data": '<ellipse cx="8" cy="3.7" rx="5.5" ry="2"/><path d="M2.5 3.7v8.6c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V3.7M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2"/>',
    "settings": '<path d="M2 4.5h6.5M12 4.5h2M2 11.5h2M7.5 11.5H14"/><circle cx="10.2" cy="4.5" r="1.7"/><circle cx="5.7" cy="11.5" r="1.7"/>',
}
