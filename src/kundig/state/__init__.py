"""What people do with kundig and what it must remember of them: people and roles, saved views, notes, background jobs.

Facts are in the lake, configuration is in files; this is the rest. Tables are Django models, and each change is one
function that checks, changes and keeps a trace.
"""
