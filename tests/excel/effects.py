"""What each button says that it does, as something to look at in the workbook afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from excel.clicking import Desk
from xl_relances.book import tables
from xl_relances.book.layout import (
    CAMPAGNES_TABLE,
    CLIENTS_TABLE,
    CONTROLE,
    CONTROLE_TABLE,
    DETAIL,
    DETAIL_TABLE,
    GRAND_LIVRE_TABLE,
    HISTORIQUE_TABLE,
    PREPARATION,
    PREPARATION_TABLE,
    SELECTION,
)
from xl_relances.book.named_cells import EMAIL, PROFESSIONNEL
from xl_relances.book.settings import Settings
from xl_relances.excel import macros
from xl_relances.workbook.commands import HOLD_REASON, HOLD_UNTIL, IMPORT_FILES


@dataclass(frozen=True, slots=True)
class Effect:
    """One button on a prepared workbook in which C0001 and C0003 are selected.

    Attributes:
        seen: What must hold afterwards.
        answers: To the questions, in order.
        before: Buttons pressed before, with yes to every question.
        items: Whether the first item of C0001 is selected instead, in Détail.
        told: Part of the last message box; empty where there is none.
        laid: Puts into the workbook or its folder what the button needs, first of all.
    """

    seen: Callable[[Desk], bool]
    answers: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    items: bool = False
    told: str = ""
    laid: Callable[[Desk], None] | None = None


def _active(sheet: str) -> Callable[[Desk], bool]:
    return lambda desk: desk.book.sheets.active.name == sheet


def _two_of_five(title: str, before: int) -> Callable[[Desk], bool]:
    def seen(desk: Desk) -> bool:
        held = desk.column(title)
        changed = {account for account, value in held.items() if bool(value) != bool(before)}
        return changed == {"C0001", "C0003"}

    return seen


def _letters(desk: Desk) -> int:
    return len(list((desk.folder / "Relances").rglob("*.docx")))


def lay_export(desk: Desk, *lines: str) -> None:
    """An export of two customers beside the workbook, chosen as the dialog of Excel would."""
    path = desk.folder / "export d'été.csv"
    path.write_text("\n".join(lines or EXPORT), encoding="utf-8")
    Settings(desk.book).write(IMPORT_FILES, str(path))


EXPORT = (
    "Compte;Nom;Écriture;Date;Pièce;Libellé;Échéance;Débit;Crédit;Lettrage",
    "C0001;Client C0001;VE-A1;01/08/2026;A1;Facture A1;01/09/2026;101,00;;",
    "C0777;Nouveau;VE-A777;05/08/2026;A777;Facture A777;05/09/2026;77,00;;",
)


def lay_answers(until: str, reason: str = "") -> Callable[[Desk], None]:
    """What the boxes of Litige and Promesse were answered, as the VBA notes it."""

    def lay(desk: Desk) -> None:
        settings = Settings(desk.book)
        settings.write(HOLD_UNTIL, until)
        settings.write(HOLD_REASON, reason or None)

    return lay


def held(desk: Desk, title: str) -> set[str]:
    """Documents of the ledger with something under that title."""
    rows = desk.rows(GRAND_LIVRE_TABLE, "Pièce")
    return {document for document, (_, row) in rows.items() if row[title]}


def lay_addresses(desk: Desk) -> None:
    """C0001 is written to by e-mail, C0003 too but has no address."""
    rows = [
        {"Compte": "C0001", "Nom": "Client C0001", "E-mail": "un@client.example"},
        {"Compte": "C0003", "Nom": "Client C0003"},
    ]
    mailed = [row | {"Envoi": EMAIL, "Type": PROFESSIONNEL} for row in rows]
    tables.write(desk.book, CLIENTS_TABLE, mailed, key=id)


def _files(desk: Desk, pattern: str) -> set[str]:
    return {path.name for path in (desk.folder / "Relances" / "2026-11-25").glob(pattern)}


EFFECTS = {
    "import_ledger": Effect(
        lambda desk: set(desk.rows(GRAND_LIVRE_TABLE, "Pièce")) == {"A1", "A777"}
        and Settings(desk.book).text(IMPORT_FILES) == "" and _active(CONTROLE)(desk),
        laid=lay_export, told="Import : 2 lignes importées, solde clients 178,00",
    ),
    "control": Effect(
        lambda desk: desk.rows(CONTROLE_TABLE, "Constat") == {} or _active(CONTROLE)(desk),
        told="Contrôle : ",
    ),
    "go_to_selection": Effect(_active(SELECTION)),
    "prepare": Effect(
        lambda desk: len(desk.rows(PREPARATION_TABLE)) == 5 and _active(PREPARATION)(desk),
        before=("clear_preparation",), told="Ensuite : vérifiez Préparation, puis Éditer.",
    ),
    "simulate": Effect(
        lambda desk: len(desk.rows(PREPARATION_TABLE)) == 5,
        told="Simulation du 25/11/2026 : 5 → 5 lettres",
    ),
    "clear_preparation": Effect(
        lambda desk: desk.rows(PREPARATION_TABLE) == {}, ("yes",), told="5 relances supprimées.",
    ),
    "show_detail": Effect(
        lambda desk: desk.shown(DETAIL_TABLE) == ["A1", "B1", "N1", "A3", "B3", "N3"]
        and _active(DETAIL)(desk),
    ),
    "show_all": Effect(lambda desk: len(desk.shown(DETAIL_TABLE)) == 12, before=("show_detail",)),
    "toggle_dunning": Effect(_two_of_five("Relancer", 1)),
    "raise_level": Effect(
        lambda desk: {a for a, number in desk.numbers().items() if number == "2"}
        == {"C0001", "C0003"}
    ),
    "lower_level": Effect(
        lambda desk: {a for a, number in desk.numbers().items() if number == "2"}
        == {"C0001", "C0003"},
        before=("raise_level", "raise_level"),
    ),
    "toggle_issued": Effect(_two_of_five("Éditée", 0)),
    "remove_item": Effect(
        lambda desk: desk.column("Relancer", DETAIL_TABLE)["A1"] == 0
        and desk.column("Relancer", DETAIL_TABLE)["A2"] == 1,
        items=True,
    ),
    "dispute": Effect(
        lambda desk: held(desk, "Litige") == held(desk, "Motif") == {"A1"}
        and held(desk, "Jusqu'au") == set()
        and desk.column("Motif", DETAIL_TABLE)["A1"] == "En litige : A1 (quantité)",
        laid=lay_answers("sans date", "quantité"), items=True,
    ),
    "promise": Effect(
        lambda desk: held(desk, "Promesse") == {"A1", "B1", "A3", "B3"}
        and not {"C0001", "C0003"} & desk.rows(PREPARATION_TABLE).keys(),
        laid=lay_answers("31/12/2099"),
    ),
    "lift": Effect(
        lambda desk: held(desk, "Litige") == {"B1", "A3", "B3"}
        and desk.column("Relancer", DETAIL_TABLE)["A1"] == 1,
        laid=lay_answers("sans date"), items=True, before=("dispute",),
    ),
    "issue": Effect(
        lambda desk: _letters(desk) == 2 and _two_of_five("Éditée", 0)(desk), ("yes",),
        told="2 lettres éditées dans Relances/2026-11-25.",
    ),
    "mail": Effect(
        lambda desk: _files(desk, "brouillons/*") == {"C0001_EUR_L1.eml"}
        and "brouillon prêt pour un@client.example" in desk.column("Motif")["C0001"],
        laid=lay_addresses, before=("issue",), told="1 brouillon prêt, 1 e-mail impossible",
    ),
    "export_pdf": Effect(
        lambda desk: _files(desk, "*.pdf") == {"C0001_EUR_L1.pdf", "C0003_EUR_L1.pdf"},
        before=("issue",), told="2 lettres en PDF dans Relances/2026-11-25.",
    ),
    "print_merged": Effect(
        lambda desk: _files(desk, "a-imprimer*") == {"a-imprimer_relance_1_fr.docx"},
        before=("issue",), told="2 lettres à imprimer en 1 document dans Relances/2026-11-25.",
    ),
    "open_folder": Effect(
        lambda desk: desk.opened == [desk.folder / "Relances" / "2026-11-25"], before=("issue",),
    ),
    "save": Effect(
        lambda desk: len(desk.rows(HISTORIQUE_TABLE, "Pièce")) == 4
        and len(desk.rows(PREPARATION_TABLE)) == 3,
        ("yes",), before=("issue",), told="2 relances sauvegardées dans 2026-11-25",
    ),
    "undo": Effect(
        lambda desk: desk.rows(CAMPAGNES_TABLE, "Campagne")["2026-11-25"][1]["Annulée le"]
        is not None,
        ("yes",), before=("issue", "save"), told="Campagne 2026-11-25 annulée : 2 lettres",
    ),
    "open_templates": Effect(lambda desk: desk.opened == [desk.folder / "word_templates"]),
    "check_templates": Effect(lambda desk: desk.opened == [], told="Modèles : "),
    "restart_python": Effect(lambda desk: desk.opened == [], told="a redémarré"),
    "open_guide": Effect(lambda desk: bool(desk.opened) or _active("Accueil")(desk)),
}  # fmt: skip
"""By command."""


def stage(desk: Desk, effect: Effect) -> None:
    """Select, and press what comes before."""
    if effect.laid is not None:
        effect.laid(desk)
    desk.select_accounts(PREPARATION_TABLE, "C0001", "C0003")
    for name in effect.before:
        desk.agree()
        getattr(macros, name)()
    if effect.items:
        desk.select(DETAIL, f"C{desk.rows(DETAIL_TABLE, 'Pièce')['A1'][0]}")
    elif {"C0001", "C0003"} <= desk.rows(PREPARATION_TABLE).keys():
        desk.select_accounts(PREPARATION_TABLE, "C0001", "C0003")
    desk.opened.clear()
