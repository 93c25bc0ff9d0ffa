"""Bar charts in the colours of the house: plain, labelled, ages and levels stacked.

Charts pass hidden rows by: a block with two currencies shows two bars, no gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.series import Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from xl_relances.workbook import look

_PIXELS_PER_CENTIMETRE = 96 / 2.54

Box = tuple[int, int, int, int]
"""Cells of a chart: first column, first row, last column, last row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """One series of bars.

    Attributes:
        source: Sheet with the figures.
        names: The categories.
        values: The values.
        colours: One a bar, or one for all.
        form: Stored number format of the labels; zero shows nothing.
        lying: Whether the bars lie (long names) instead of standing.
    """

    source: Worksheet
    names: Box
    values: Box
    colours: Sequence[str]
    form: str = "#,##0;-#,##0;"
    lying: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Lying bars made of several series.

    Attributes:
        source: Sheet with the figures.
        names: The categories, a column.
        values: The values, a column for each series; its title stands in the cell above.
        colours: One a series.
        form: Stored number format of the labels; zero shows nothing.
        shares: Whether each bar is as long as the others, whatever it sums to.
    """

    source: Worksheet
    names: Box
    values: Box
    colours: Sequence[str]
    form: str = "#,##0;-#,##0;"
    shares: bool = False


def place_bars(sheet: Worksheet, corner: str, width: int, height: int, bars: Bars) -> None:
    """Draw the chart with its upper left corner in a cell; sizes in pixels at 100 %."""
    chart = _chart(width, height, lying=bars.lying)
    chart.legend = None
    chart.add_data(_reference(bars.source, bars.values), from_rows=_lies(bars.values))
    chart.set_categories(_reference(bars.source, bars.names))
    series = chart.series[0]
    _paint(series, bars.colours[0], bars.form)
    if len(bars.colours) > 1:
        series.dPt = [
            DataPoint(idx=index, invertIfNegative=False, spPr=GraphicalProperties(solidFill=colour))
            for index, colour in enumerate(bars.colours)
        ]
    chart.y_axis.scaling.min = 0
    sheet.add_chart(chart, corner)


def place_stack(sheet: Worksheet, corner: str, width: int, height: int, stack: Stack) -> None:
    """Draw lying stacked bars, the series named in a legend below; sizes in pixels at 100 %."""
    chart = _chart(width, height, lying=True)
    chart.grouping = "percentStacked" if stack.shares else "stacked"
    chart.overlap = 100
    chart.legend = Legend()
    chart.legend.position = "b"
    chart.legend.txPr = _text(look.GREY)
    left, top, right, bottom = stack.values
    chart.add_data(_reference(stack.source, (left, top - 1, right, bottom)), titles_from_data=True)
    for series, colour in zip(chart.series, stack.colours, strict=True):
        _paint(series, colour, stack.form)
    chart.set_categories(_reference(stack.source, stack.names))
    sheet.add_chart(chart, corner)


def _chart(width: int, height: int, *, lying: bool) -> BarChart:
    """A frame without lines; each bar says its own figure, so no axis of values."""
    chart = BarChart()
    chart.type = "bar" if lying else "col"
    chart.width = width / _PIXELS_PER_CENTIMETRE  # type: ignore[assignment]
    chart.height = height / _PIXELS_PER_CENTIMETRE
    chart.gapWidth = 45
    chart.roundedCorners = False
    chart.x_axis.delete = False
    chart.x_axis.txPr = _text(look.GREY)
    chart.x_axis.graphicalProperties = _line("BFBFBF")
    chart.x_axis.majorTickMark = "none"
    if lying:
        chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.delete = True
    chart.y_axis.majorGridlines = None
    chart.graphical_properties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    return chart


def _paint(series: Series, colour: str, form: str) -> None:
    """One colour, and the figures on the bars; nothing where there is none."""
    series.graphicalProperties = GraphicalProperties(solidFill=colour)
    series.invertIfNegative = False
    series.dLbls = DataLabelList(
        numFmt=form, showVal=True, showLegendKey=False, showCatName=False,
        showSerName=False, showPercent=False, showBubbleSize=False, txPr=_text(look.INK),
    )  # fmt: skip


def _reference(sheet: Worksheet, box: Box) -> Reference:
    return Reference(sheet, min_col=box[0], min_row=box[1], max_col=box[2], max_row=box[3])


def _lies(box: Box) -> bool:
    return box[1] == box[3]


def _line(colour: str) -> GraphicalProperties:
    return GraphicalProperties(ln=LineProperties(solidFill=colour, w=9525))


def _text(colour: str) -> RichText:
    properties = CharacterProperties(sz=900, solidFill=colour)
    return RichText(
        p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)]
    )
