"""The data dictionary, the ONE place: columns, formats, closed lists, finding codes and their texts.

Templates, the dictionary page, the validator, the texts of reports and the docs are all made from here.
`names` holds the column names, `formats` what a cell may hold, `users` and `demographics` the columns,
`problems` what can be wrong, `texts` the sentences people read, `refusals` why a whole file is refused.
"""

from rollbook.common.dictionary.catalogue import DICTIONARY, catalogue
from rollbook.common.dictionary.columns import Action, Column, Dictionary, Header, Kind, Requirement
from rollbook.common.dictionary.problem import Finding, Problem, Severity, Stage

__all__ = [
    "DICTIONARY",
    "Action",
    "Column",
    "Dictionary",
    "Finding",
    "Header",
    "Kind",
    "Problem",
    "Requirement",
    "Severity",
    "Stage",
    "catalogue",
]
