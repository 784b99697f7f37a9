"""The report of an upload as one page to read and to print: no script, nothing from elsewhere.

`route` answers, `words` says everything in the reader's language, `figures` makes what the tables and bars
show; `report.html` and `report.css` are the page, `texts/<language>.json` is every word of it.
"""

from rollbook.reports.entrypoints.page.route import add_page

__all__ = ["add_page"]
