"""Tableau de bord: figures from Détail and Préparation, and their charts.

The figures stand below the charts, so that they can be read, checked and copied.
An age counts from the due date; « Non échu » is all that is not late, items
without a due date among it. Amounts are what the items still owe (``Reste`` above 0).
"""

from __future__ import annotations

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.book import layout
from xl_relances.book.formulas import column, counted
from xl_relances.book.layout import DETAIL_TABLE, NIVEAUX_TABLE, PREPARATION_TABLE, Kind
from xl_relances.workbook import look
from xl_relances.workbook.charts import Bars, place_bars
from xl_relances.workbook.draft import Draft, heading, link, prepare_sheet, write

AGE_ROW = 33
"""First currency of the aged balance: the company's own. Three more may follow."""

CURRENCY_ROWS = 4
LEVEL_ROW = 40
CUSTOMER_ROW = 46
CUSTOMERS = 8

FINDING = "titre_balance_agee"
"""Workbook name of the sentence that the aged balance is drawn under."""

_AMOUNT = look.number_format(Kind.AMOUNT)
_BOUNDS = ((1, 30), (31, 60), (61, 90), (91, None))


def add_dashboard(draft: Draft) -> None:
    """Three charts with the sentence that each one shows, and their figures."""
    sheet = draft.book[layout.TABLEAU_DE_BORD]
    prepare_sheet(sheet, titles=None)
    sheet.page_setup.fitToHeight = 1
    for index in range(1, 17):
        sheet.column_dimensions[get_column_letter(index)].width = look.excel_width(10)
    sheet.column_dimensions["A"].width = look.excel_width(30)
    heading(
        draft, sheet,
        f'=IF(G{AGE_ROW}=0,"Aucune créance : cliquez Préparer.",'
        f'"Dû : "&FIXED(G{AGE_ROW},2)&" "&A{AGE_ROW}&", dont "&FIXED(G{AGE_ROW}-B{AGE_ROW},2)'
        '&" échus.")',
        "Aucune créance : cliquez Préparer.",
        "D’après la dernière préparation ; les chiffres sont sous les graphiques.",
    )  # fmt: skip
    link(sheet, "A2", "← Accueil", f"'{layout.ACCUEIL}'!A1")
    _ages(draft, sheet)
    _levels(draft, sheet)
    _customers(draft, sheet)
    _draw(draft, sheet)


def age_bars(sheet: Worksheet) -> Bars:
    """The aged balance in the company's currency; ``sheet`` is the dashboard."""
    return Bars(
        source=sheet,
        names=(2, AGE_ROW - 1, 6, AGE_ROW - 1),
        values=(2, AGE_ROW, 6, AGE_ROW),
        colours=look.AGE_COLOURS,
    )


def _draw(draft: Draft, sheet: Worksheet) -> None:
    late = f"SUM(E{AGE_ROW}:F{AGE_ROW})/G{AGE_ROW}"
    letters = f"SUM(B{LEVEL_ROW}:B{LEVEL_ROW + 2})"
    first = f"SUM(B{CUSTOMER_ROW}:B{CUSTOMER_ROW + CUSTOMERS - 1})"
    due = f"SUM(C{LEVEL_ROW}:C{LEVEL_ROW + 2})"
    for place, formula, shown in (
        ("A4", (f'=IF(G{AGE_ROW}=0,"Balance âgée",ROUND(100*{late},0)'
               '&" % du dû a plus de 60 jours")'), "Balance âgée"),
        ("H4", (f'=IF({letters}=0,"Aucune lettre à éditer",{counted(letters, "lettre", "lettres")}'
               f'&", dont "&B{LEVEL_ROW + 2}&" au dernier niveau")'), "Aucune lettre à éditer"),
        ("A17", (f'=IF(OR({first}=0,{due}=0),"Premiers débiteurs",ROUND(100*{first}/{due},0)'
                f'&" % du réclamé chez les {CUSTOMERS} premiers clients")'), "Premiers débiteurs"),
    ):  # fmt: skip
        draft.formula(sheet, place, formula, shown).font = look.GROUP
    draft.name(FINDING, sheet, "A4")
    place_bars(sheet, "A5", 600, 225, age_bars(sheet))
    place_bars(
        sheet, "H5", 560, 225,
        Bars(
            source=sheet, names=(1, LEVEL_ROW, 1, LEVEL_ROW + 2),
            values=(2, LEVEL_ROW, 2, LEVEL_ROW + 2), colours=look.LEVEL_BARS,
        ),
    )  # fmt: skip
    last = CUSTOMER_ROW + CUSTOMERS - 1
    place_bars(
        sheet, "A18", 600, 240,
        Bars(
            source=sheet, names=(1, CUSTOMER_ROW, 1, last), values=(2, CUSTOMER_ROW, 2, last),
            colours=(look.ACCENT,), lying=True,
        ),
    )  # fmt: skip


def _table(sheet: Worksheet, row: int, title: str, headers: tuple[str, ...]) -> None:
    write(sheet, f"A{row - 2}", title, look.GROUP)
    for index, text in enumerate(headers, 1):
        cell = sheet.cell(row - 1, index, text)
        cell.font, cell.fill = look.HEADER, look.ground(look.ACCENT)
        cell.alignment = Alignment(horizontal="left" if index == 1 else "right")


def _ages(draft: Draft, sheet: Worksheet) -> None:
    _table(sheet, AGE_ROW, "Balance âgée par devise", ("Devise", *look.AGES, "Total", "> 60 j (%)"))
    rest, currencies = column(DETAIL_TABLE, "Reste"), column(DETAIL_TABLE, "Devise")
    late = column(DETAIL_TABLE, "Retard")
    for row in range(AGE_ROW, AGE_ROW + CURRENCY_ROWS):
        here = f"$A{row}"
        if row == AGE_ROW:
            draft.formula(sheet, f"A{row}", "=societe_devise", "EUR")
        else:
            above = f"A${AGE_ROW}:A{row - 1}"
            draft.formula(
                sheet, f"A{row}",
                f'=IFERROR(LOOKUP(2,1/((COUNTIF({above},{currencies})=0)*({currencies}<>"")),'
                f'{currencies}),"")',
            )  # fmt: skip
        owed = f'{rest},{currencies},{here},{rest},">0"'
        blank = 0.0 if row == AGE_ROW else ""
        for index, (least, most) in enumerate(_BOUNDS, 3):
            span = f'{late},">={least}"' + (f',{late},"<={most}"' if most else "")
            _figure(draft, sheet, f"{get_column_letter(index)}{row}",
                    f'=IF({here}="","",SUMIFS({owed},{span}))', blank)  # fmt: skip
        _figure(draft, sheet, f"G{row}", f'=IF({here}="","",SUMIFS({owed}))', blank)
        _figure(draft, sheet, f"B{row}",
                f'=IF({here}="","",ROUND(G{row}-SUM(C{row}:F{row}),3))', blank)  # fmt: skip
        share = f"ROUND(100*SUM(E{row}:F{row})/G{row},1)"
        _figure(draft, sheet, f"H{row}", f'=IF(N(G{row})=0,"",{share})', "", form="0.0")


def _levels(draft: Draft, sheet: Worksheet) -> None:
    _table(sheet, LEVEL_ROW, "Lettres à éditer", ("Lettre", "Clients", "Montant"))
    numbers, ticks = (column(PREPARATION_TABLE, title) for title in ("N° lettre", "Relancer"))
    due, currencies = (column(PREPARATION_TABLE, title) for title in ("Solde dû", "Devise"))
    label, ranks = column(NIVEAUX_TABLE, "Libellé"), column(NIVEAUX_TABLE, "N°")
    for level, shown in ((1, "Rappel"), (2, "Relance"), (3, "Mise en demeure")):
        row = LEVEL_ROW + level - 1
        draft.formula(
            sheet, f"A{row}", f'=IFERROR(INDEX({label},MATCH({level},{ranks},0)),"")', shown
        )
        test = f'{numbers},"{">=" if level == 3 else ""}{level}",{ticks},1'
        _figure(draft, sheet, f"B{row}", f"=COUNTIFS({test})", 0.0, form="0")
        _figure(draft, sheet, f"C{row}",
                f"=SUMIFS({due},{test},{currencies},societe_devise)", 0.0)  # fmt: skip


def _customers(draft: Draft, sheet: Worksheet) -> None:
    """The k-th largest balance in the company's currency, and whose it is, ties in sheet order."""
    _table(sheet, CUSTOMER_ROW, "Premiers débiteurs", ("Client", "Solde dû"))
    due, names = column(PREPARATION_TABLE, "Solde dû"), column(PREPARATION_TABLE, "Nom")
    own = (
        f"({column(PREPARATION_TABLE, 'Devise')}=societe_devise)"
        f"*({column(PREPARATION_TABLE, 'Relancer')}=1)"
    )
    place = f"(ROW({due})-ROW({PREPARATION_TABLE.name}[[#Headers],[Solde dû]]))"
    for rank in range(1, CUSTOMERS + 1):
        row = CUSTOMER_ROW + rank - 1
        largest = f"SUMPRODUCT(LARGE({own}*{due},{rank}))"
        _figure(draft, sheet, f"B{row}", f'=IFERROR(IF({largest}>0,{largest},""),"")', "")
        ties = f"COUNTIF(B${CUSTOMER_ROW}:B{row},B{row})"
        first = f"1/SUMPRODUCT(LARGE({own}*({due}=B{row})/{place},{ties}))"
        draft.formula(sheet, f"A{row}", f'=IF(B{row}="","",INDEX({names},ROUND({first},0)))')


def _figure(
    draft: Draft, sheet: Worksheet, place: str, formula: str, shown: str | float, *,
    form: str = _AMOUNT,
) -> None:  # fmt: skip
    cell = draft.formula(sheet, place, formula, shown)
    cell.number_format = form
    cell.alignment = Alignment(horizontal="right")
