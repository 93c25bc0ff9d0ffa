"""Where LibreOffice does not do what the contract says that Excel does, and why.

Each entry is a test that must fail on LibreOffice (a strict xfail): when a newer
LibreOffice does it, or the contract changes, the entry has to go.
"""

from __future__ import annotations

_WHY: dict[str, tuple[str, ...]] = {
    "of the file engine alone: xlwings' active engine, its parts, counters and messages": (
        "test_same_book_twice", "test_caller_from_arguments", "test_alerts",
        "test_calls_are_counted", "test_nothing_changed_nothing_rewritten", "test_cached_value",
        "test_structured_references_stored", "test_structured_references_typed_as_values",
        "test_damaged_cell",
    ),
    "LibreOffice calculates": (
        "test_formula_not_calculated", "test_cell[formula-never-calculated]",
    ),
    "LibreOffice reads a cell of the type « date » as a number where its format is General": (
        "test_cell[iso-date]",
    ),
    "LibreOffice keeps no carriage return and no tab in a cell": (
        "test_cell[carriage-return]", "test_round_trip",
    ),
    "LibreOffice has no idea of a stray cell: it counts them all": (
        "test_stray_cell", "test_stray_column",
    ),
    "LibreOffice, typed to in US English, groups thousands by three and puts the month first": (
        "test_typed[decimal-comma]", "test_typed[no-such-month]", "test_typed[month-in-words]",
        "test_typed[month-day-year]", "test_typed[month-and-short-year]",
    ),
    "LibreOffice gives the same value another format": (
        "test_typed[per-cent]", "test_typed[boolean]", "test_typed[month-first]",
        "test_typed[iso]", "test_typed[dollars]", "test_typed[time]", "test_typed[afternoon]",
        "test_typed[month-and-year]", "test_typed[apostrophe]",
    ),
    "LibreOffice takes only « = » for the beginning of a formula, and no text for an error": (
        "test_typed[two-minus-signs-are-a-formula]", "test_typed[error]",
        "test_formula_from_text[+33 1]", "test_formula_from_text[-10 % remise]",
        "test_formula_from_text[@SUM(A1)]",
    ),
    "LibreOffice's tables do not grow by themselves, name no new column, move no totals": (
        "test_grows_below", "test_calculated_columns", "test_totals_row", "test_wider",
    ),
    "LibreOffice writes hidden rows too, rightly: there is nothing to refuse": (
        "test_write_refused",
    ),
    "LibreOffice compares texts as they are written, without wildcards, and numbers as numbers": (
        "test_comparisons[wildcard]", "test_comparisons[blank]", "test_values_as_shown",
    ),
    "LibreOffice refuses with an error of its own": ("test_locked",),
    "left out of the engine of the tests: no command of a campaign asks for it": (
        "test_moving_about", "test_sheet_filter", "test_sheets", "test_selection",
        "test_hyperlinks", "test_looks", "test_rows_fit_their_wrapped_texts",
    ),
}  # fmt: skip

DIFFERS: dict[str, str] = {name: why for why, names in _WHY.items() for name in names}
"""The reason, by the name of the test."""
