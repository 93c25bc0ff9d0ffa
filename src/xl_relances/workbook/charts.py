"""Bar charts in the colours of the house: plain, labelled, without a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.workbook import look

_PIXELS_PER_CENTIMETRE = 96 / 2.54


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """One series of bars.

    Attributes:
        source: Sheet with the figures.
        names: Range of the categories: first column, first row, last column, last row.
        values: Range of the values, likewise.
        colours: One a bar, or one for all.
        form: Stored number format of labels and axis.
        lying: Whether the bars lie (long names) instead of standing.
    """

    source: Worksheet
    names: tuple[int, int, int, int]
    values: tuple[int, int, int, int]
    colours: Sequence[str]
    form: str = "#,##0"
    lying: bool = False


def place_bars(sheet: Worksheet, corner: str, width: int, height: int, bars: Bars) -> None:
    """Draw the chart with its upper left corner in a cell; sizes in pixels at 100 %."""
    chart = BarChart()
    chart.type = "bar" if bars.lying else "col"
    chart.width = width / _PIXELS_PER_CENTIMETRE  # type: ignore[assignment]
    chart.height = height / _PIXELS_PER_CENTIMETRE
    chart.legend = None
    chart.gapWidth = 45
    chart.roundedCorners = False
    chart.add_data(_reference(bars.source, bars.values), from_rows=_lies(bars.values))
    chart.set_categories(_reference(bars.source, bars.names))
    series = chart.series[0]
    series.graphicalProperties = GraphicalProperties(solidFill=bars.colours[0])
    series.invertIfNegative = False
    if len(bars.colours) > 1:
        series.dPt = [
            DataPoint(idx=index, invertIfNegative=False, spPr=GraphicalProperties(solidFill=colour))
            for index, colour in enumerate(bars.colours)
        ]
    series.dLbls = DataLabelList(
        numFmt=f"{bars.form};-{bars.form};", showVal=True, showLegendKey=False,
        showCatName=False, showSerName=False, showPercent=False, showBubbleSize=False,
        txPr=_text(look.INK),
    )  # fmt: skip
    chart.x_axis.delete = False
    chart.x_axis.txPr = _text(look.GREY)
    chart.x_axis.graphicalProperties = _line("BFBFBF")
    chart.x_axis.majorTickMark = "none"
    if bars.lying:
        chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.delete = True  # each bar says its own figure
    chart.y_axis.number_format = bars.form
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorGridlines = None
    chart.graphical_properties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    sheet.add_chart(chart, corner)


def _reference(sheet: Worksheet, box: tuple[int, int, int, int]) -> Reference:
    return Reference(sheet, min_col=box[0], min_row=box[1], max_col=box[2], max_row=box[3])


def _lies(box: tuple[int, int, int, int]) -> bool:
    return box[1] == box[3]


def _line(colour: str) -> GraphicalProperties:
    return GraphicalProperties(ln=LineProperties(solidFill=colour, w=9525))


def _text(colour: str) -> RichText:
    properties = CharacterProperties(sz=900, solidFill=colour)
    return RichText(
        p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)]
    )
