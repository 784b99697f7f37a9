"""Owns the rosters: districts, schools, people, classes, enrollments, demographics, and every change set.

Hears districts, validated files, Process and changes of status; says what was wrong against the stored
roster, what a file would do (the preview) and what was applied.
Serves previews, changes, the roster and its export.
"""
