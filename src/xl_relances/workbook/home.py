"""Accueil: the five steps with their state, the last campaigns, what each button does."""

from __future__ import annotations

from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.book import layout, named_cells
from xl_relances.book.formulas import (
    LETTERS_LEFT,
    NOTHING_CHASED,
    STEP_STATES,
    column,
    counted,
    day,
)
from xl_relances.book.layout import (
    AGES_FIGURES,
    CAMPAGNES_TABLE,
    CAMPAIGN_LINES,
    CAMPAIGN_MOMENTS,
    CLIENTS_TABLE,
    GRAND_LIVRE_TABLE,
    HEADER_ROW,
    PREPARATION_TABLE,
    STEP_NAMES,
)
from xl_relances.dunning.history import REPRISE
from xl_relances.workbook import look
from xl_relances.workbook.charts import place_bars
from xl_relances.workbook.commands import HOLD_REASON, HOLD_UNTIL, IMPORT_FILES, offered
from xl_relances.workbook.conditions import condition
from xl_relances.workbook.dashboard import age_bars
from xl_relances.workbook.draft import Draft, heading, link, prepare_sheet, write
from xl_relances.workbook.working_sheets import CURRENCY_SIGN

BUTTON_ROW = 18
_ASKED = (
    ("Pour Importer", 26, (
        (IMPORT_FILES, "Fichiers", "Le bouton les demande et les note ici, un par ligne."),
    )),
    ("Pour Litige et Promesse", 29, (
        (HOLD_UNTIL, "Jusqu’au", "Le bouton la demande, la note ici puis l’efface."),
        (HOLD_REASON, "Motif", "De même."),
    )),
)  # fmt: skip
"""Below the buttons: what each asks for, the row of its first cell, and its cells."""

_STEPS = (
    ("Grand livre", offered("import_ledger", "Importer", "Coller"), layout.GRAND_LIVRE),
    ("Préparation", "Préparer", layout.PREPARATION),
    ("Lettres", "Éditer", layout.PREPARATION),
    ("Envoi", offered("mail", "E-mails", "Qui reçoit quoi"), layout.CLIENTS),
    ("Sauvegarde", "Sauvegarder", layout.HISTORIQUE),
)
_BUTTONS = tuple((button, effect) for command, button, effect in (
    ("import_ledger", "Importer", ("Lit un FEC, un CSV ou un classeur dans Grand livre et "
     "Clients ; garde l’historique et les litiges.")),
    ("control", "Contrôler", "Liste ce qui est à corriger, avec un lien vers chaque cellule."),
    ("prepare", "Préparer",
     "Calcule qui relancer et à quel niveau ; n’écrit ni lettre ni historique."),
    ("issue", "Éditer", "Écrit les lettres Word des lignes cochées et les marque éditées."),
    ("mail", "E-mails", "Prépare les brouillons des clients relancés par e-mail, lettre jointe."),
    ("save", "Sauvegarder", ("Inscrit dans l’historique le niveau et la date des lettres éditées ; "
     "s’annule.")),
) if offered(command, "1", ""))  # fmt: skip


_BATCHES = column(CAMPAGNES_TABLE, "Campagne")
_OURS = f'({_BATCHES}<>"{REPRISE}")'
"""Formula text: letters that came with the ledger are no campaign of this workbook."""


def add_home(draft: Draft) -> None:
    """One screen: where the work stands, and where to click next."""
    sheet = draft.book[layout.ACCUEIL]
    prepare_sheet(sheet, titles=None)
    sheet.page_setup.fitToHeight = 1
    for index, width in enumerate((5, 16, 29, 36, 25, 2), 1):
        sheet.column_dimensions[get_column_letter(index)].width = look.excel_width(width)
    sheet.column_dimensions[CAMPAIGN_MOMENTS].hidden = True
    empty = layout.EMPTY[layout.ACCUEIL]
    ledger = f"COUNTA({column(GRAND_LIVRE_TABLE, 'Compte')})"
    issued = f"SUM({column(PREPARATION_TABLE, 'Éditée')})"
    rows = f"COUNT({column(PREPARATION_TABLE, 'Clé')})"
    heading(
        draft, sheet,
        f'=IF({ledger}=0,"{empty}",IF({rows}=0,"Prochaine étape : Préparer.",'
        f'IF({LETTERS_LEFT}>0,"Prochaine étape : Éditer "'
        f'&{counted(LETTERS_LEFT, "lettre", "lettres")}&".",'
        f'IF({issued}>0,"Prochaine étape : Sauvegarder "'
        f'&{counted(issued, "relance", "relances")}&".","{NOTHING_CHASED}"))))',
        empty,
        "Les cinq étapes du jour, de haut en bas. Les boutons : onglet Relances du ruban.",
    )  # fmt: skip
    write(sheet, "A1", "Relances clients", look.TITLE)
    _steps(draft, sheet)
    _campaigns(draft, sheet)
    _buttons(sheet)
    _asked(draft, sheet)
    draft.formula(sheet, "G4", f"={AGES_FIGURES.finding}", AGES_FIGURES.empty).font = look.GROUP
    place_bars(sheet, "G5", 372, 290, age_bars(draft.book[layout.TABLEAU_DE_BORD]))


def _titles(sheet: Worksheet, row: int, titles: tuple[str, ...]) -> None:
    for index, title in enumerate(titles, 1):
        cell = sheet.cell(row, index, title)
        cell.font, cell.fill = look.HEADER, look.ground(look.ACCENT)
        cell.alignment = Alignment(vertical="center", horizontal="center" if index == 1 else None)
    sheet.row_dimensions[row].height = 20


def _steps(draft: Draft, sheet: Worksheet) -> None:
    _titles(sheet, HEADER_ROW, ("N°", "Étape", "État", "Chiffres", "Où cliquer"))
    figures = _figures()
    states = ("à faire", "à faire", "sans objet", "sans objet", "sans objet")
    for number, (name, (step, button, target)) in enumerate(
        zip(STEP_NAMES, _STEPS, strict=True), 1
    ):
        row = HEADER_ROW + number
        write(sheet, f"A{row}", number, look.font(bold=True, colour=look.ACCENT),
              Alignment(horizontal="center", vertical="center"))  # fmt: skip
        write(sheet, f"B{row}", step, look.font(bold=True))
        draft.formula(sheet, f"C{row}", STEP_STATES[name], states[number - 1]).font = look.BODY
        draft.name(name, sheet, f"C{row}")
        draft.formula(sheet, f"D{row}", *figures[number - 1]).font = look.BODY
        link(sheet, f"E{row}", f"{button} → {target}", f"'{target}'!A5")
        for cell in sheet[f"A{row}:E{row}"][0]:
            cell.border = look.rule_below()
            if cell.column_letter in "CD":
                cell.alignment = Alignment(vertical="center")
        sheet.row_dimensions[row].height = 22
    place = f"C{HEADER_ROW + 1}:C{HEADER_ROW + len(_STEPS)}"
    first = f"$C{HEADER_ROW + 1}"
    for test, style in (
        (f'OR(LEFT({first},7)="à faire",{first}="en cours")', Font(bold=True, color=look.WARM)),
        (f'{first}="sans objet"', Font(italic=True, color=look.GREY)),
    ):
        sheet.conditional_formatting.add(place, condition(test, font=style))


def _figures() -> tuple[tuple[str, str], ...]:
    """Formula and what it shows for now, for each step."""
    entries = f"COUNTA({column(GRAND_LIVRE_TABLE, 'Compte')})"
    cards = f"COUNTA({column(CLIENTS_TABLE, 'Compte')})"
    rows = f"COUNT({column(PREPARATION_TABLE, 'Clé')})"
    due = (
        f"SUMIFS({column(PREPARATION_TABLE, 'Solde dû')},"
        f"{column(PREPARATION_TABLE, 'Devise')},societe_devise)"
    )
    issued = f"SUM({column(PREPARATION_TABLE, 'Éditée')})"
    wanted = (
        f"COUNTIFS({column(PREPARATION_TABLE, 'Relancer')},1,"
        f'{column(PREPARATION_TABLE, "N° lettre")},">0")'
    )
    envoi = column(CLIENTS_TABLE, "Envoi")
    mails = f'(COUNTA({envoi})-COUNTIF({envoi},"{named_cells.COURRIER}"))'
    campaigns = f'SUMPRODUCT({_OURS}*({_BATCHES}<>"")/COUNTIF({_BATCHES},{_BATCHES}&""))'
    campaigns = f"ROUND({campaigns},0)"  # a campaign has a row a currency
    return (
        ((f'={counted(entries, "écriture", "écritures")}&", "'
         f'&{counted(cards, "fiche client", "fiches clients")}'), "0 écriture, 0 fiche client"),
        ((f'=IF({rows}=0,"",{counted(rows, "relance", "relances")}&", "&FIXED({due},2)'
         f"&{CURRENCY_SIGN})"), ""),
        ((f'=IF({rows}=0,"",{counted(issued, "lettre éditée", "lettres éditées")}'
         f'&" sur "&{wanted})'), ""),
        (f'=IF({mails}=0,"",{counted(mails, "client", "clients")}&" par e-mail")', ""),
        (f'=IF({campaigns}=0,"",{counted(campaigns, "campagne", "campagnes")}&" en tout")', ""),
    )  # fmt: skip


def _campaigns(draft: Draft, sheet: Worksheet) -> None:
    """The three newest by the moment they were saved; a campaign in two currencies is one."""
    write(sheet, f"A{CAMPAIGN_LINES - 2}", "Dernières campagnes", look.GROUP)
    _titles(sheet, CAMPAIGN_LINES - 1, ("", "Campagne", "Lettres du", "Chiffres", "État"))
    saved = column(CAMPAGNES_TABLE, "Enregistrée le")

    def of(title: str, moment: str) -> str:
        return f"LOOKUP(2,1/(({saved}={moment})*{_OURS}),{column(CAMPAGNES_TABLE, title)})"

    for row in range(CAMPAIGN_LINES, CAMPAIGN_LINES + 3):
        moment = f"${CAMPAIGN_MOMENTS}{row}"
        newest = row == CAMPAIGN_LINES
        earlier = "" if newest else f"*({saved}<{CAMPAIGN_MOMENTS}{row - 1}-1/172800)"
        draft.formula(
            sheet, f"{CAMPAIGN_MOMENTS}{row}", f"=SUMPRODUCT(MAX({_OURS}{earlier}*{saved}))", 0.0
        )  # fmt: skip
        clients = f"SUMPRODUCT(({saved}={moment})*{_OURS}*{column(CAMPAGNES_TABLE, 'Clients')})"
        own = f"({column(CAMPAGNES_TABLE, 'Devise')}=societe_devise)*{_OURS}"
        amount = f"SUMPRODUCT(({saved}={moment})*{own}*{column(CAMPAGNES_TABLE, 'Montant')})"
        undone = of("Annulée le", moment)
        nothing = "Aucune campagne." if newest else ""
        for letter, formula, shown in (
            ("B", of("Campagne", moment), nothing),
            ("C", day(of("Date", moment)), ""),
            ("D", f'{counted(clients, "client", "clients")}&", "&FIXED({amount},2)&{CURRENCY_SIGN}',
             ""),
            ("E", f'IF({undone}>0,"annulée le "&{day(undone)},"sauvegardée le "&{day(moment)})',
             ""),
        ):  # fmt: skip
            cell = draft.formula(
                sheet, f"{letter}{row}", f'=IF({moment}=0,"{shown}",{formula})', shown
            )
            cell.font = look.BODY
            cell.alignment = Alignment(vertical="center")
        for cell in sheet[f"A{row}:E{row}"][0]:
            cell.border = look.rule_below()
        sheet.row_dimensions[row].height = 18


def _buttons(sheet: Worksheet) -> None:
    write(sheet, f"A{BUTTON_ROW - 1}", "Ce que fait chaque bouton", look.GROUP)
    for row, (button, effect) in enumerate(_BUTTONS, BUTTON_ROW):
        write(sheet, f"B{row}", button, look.font(bold=True))
        write(sheet, f"C{row}", effect, look.MEANING)


def _asked(draft: Draft, sheet: Worksheet) -> None:
    """What buttons ask for in boxes of Excel's own, for Python to read."""
    for title, first, cells in _ASKED:
        write(sheet, f"A{first - 1}", title, look.GROUP)
        for row, (name, label, meaning) in enumerate(cells, first):
            place = f"C{row}"
            write(sheet, f"B{row}", label, look.LABEL)
            cell = write(sheet, place, None)
            cell.number_format = "@"
            cell.fill = look.ground(look.TINT)
            write(sheet, f"D{row}", meaning, look.MEANING)
            for each in sheet[f"B{row}:E{row}"][0]:
                each.border = look.rule_below()
            draft.name(name, sheet, place)
            draft.quiet.setdefault(sheet.title, []).append(place)
