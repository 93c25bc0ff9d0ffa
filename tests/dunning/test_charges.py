"""Late-payment charges: vectors of the specification, half-years by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from xl_relances.dunning.charges import Charges, Claim, charges, formal_notices
from xl_relances.dunning.history import HistoryRecord
from xl_relances.dunning.interest import Interest, half_years, interest
from xl_relances.dunning.rates import HalfYear, MissingRateError, Rate, Rates

D = Decimal
AS_OF = date(2026, 11, 25)
SAME = {HalfYear(year, half): Rate(own=D(15)) for year in range(2015, 2031) for half in (1, 2)}


def flat(rate: str) -> dict[HalfYear, Decimal]:
    return dict.fromkeys(SAME, D(rate))


def claim(amount: str, due: date, **changes: Any) -> Claim:
    fields: dict[str, Any] = {
        "identity": f"{amount}|{due}", "document": f"FA-{due:%m%d}-{amount}", "entry_no": "VE-1",
        "document_date": due - timedelta(days=30), "due_date": due, "remainder": D(amount),
    }  # fmt: skip
    return Claim(**fields | changes)


def owed(*claims: Claim, **changes: Any) -> Charges:
    """What the claims of a professional bear at a level that asks for both."""
    fields: dict[str, Any] = {
        "currency": "EUR", "is_professional": True, "with_interest": True, "with_fixed_sum": True,
        "as_of": AS_OF, "rates": Rates(SAME),
    }  # fmt: skip
    return charges(claims, **fields | changes)


def interest_of(found: Charges) -> Interest:
    """That of its one item."""
    (charge,) = found.by_item.values()
    assert charge.interest is not None
    return charge.interest


# ------------------------------------------------------------------------ interest


@pytest.mark.parametrize(
    ("base", "rate", "days", "expected"),
    [
        pytest.param("15000", "15", 30, "184.93", id="specification-1"),
        pytest.param("1000", "14.5", 30, "11.92", id="specification-2"),
        pytest.param("1000", "15", 0, "0.00", id="on-the-due-date"),
        pytest.param("1000", "15", -3, "0.00", id="before-the-due-date"),
        pytest.param("1000", "15", 1, "0.41", id="the-day-after"),
        pytest.param("-1000", "15", 30, "0.00", id="a-credit"),
        pytest.param("0", "15", 30, "0.00", id="a-covered-item"),
        pytest.param("73", "5", 1, "0.01", id="one-cent-exactly"),
        pytest.param("36.5", "5", 1, "0.01", id="half-a-cent-goes-up"),
        pytest.param("0.50", "15", 365, "0.08", id="half-a-euro-for-a-year"),
        pytest.param("36.49", "5", 1, "0.00", id="less-than-half-a-cent"),
    ],
)
def test_interest_is_base_times_rate_times_days_over_365(
    base: str, rate: str, days: int, expected: str
) -> None:
    since = date(2026, 3, 1)
    as_of = since + timedelta(days=days)
    found = interest(D(base), since=since, as_of=as_of, rates=flat(rate))
    assert found.amount == D(expected)
    assert found.days == (max(days, 0) if D(base) > 0 else 0)


def test_three_half_years_by_hand() -> None:
    """Due 15 May 2024, until 10 February 2025, 1 000 €.

    16 May to 30 June 2024   46 days at 4,50 + 10 = 14,50 %
    1 July to 31 December   184 days at 4,25 + 10 = 14,25 %
    1 January to 10 February 41 days at 3,15 + 10 = 13,15 %
    46 x 14,50 + 184 x 14,25 + 41 x 13,15 = 667 + 2622 + 539,15 = 3828,15
    1000 x 3828,15 / 36500 = 104,8808… = 104,88
    """
    rates = Rates(
        {
            HalfYear(2024, 1): Rate(ecb=D("4.50")),
            HalfYear(2024, 2): Rate(ecb=D("4.25")),
            HalfYear(2025, 1): Rate(ecb=D("3.15")),
        }
    )
    found = interest_of(
        owed(claim("1000", date(2024, 5, 15)), as_of=date(2025, 2, 10), rates=rates)
    )
    assert [(str(p.half_year), p.days, p.rate) for p in found.periods] == [
        ("2024-S1", 46, D("14.50")), ("2024-S2", 184, D("14.25")), ("2025-S1", 41, D("13.15")),
    ]  # fmt: skip
    assert (found.days, found.amount) == (271, D("104.88"))
    assert found.rates == (D("14.50"), D("14.25"), D("13.15"))


def test_a_rate_that_stays_is_named_once_a_rate_that_comes_back_again() -> None:
    """The letter says « 15 % », not « 15 %, 15 % »; after a change it says so."""
    changing = {HalfYear(2024, 2): D(15), HalfYear(2025, 1): D(15), HalfYear(2025, 2): D(12)}
    found = interest(
        D(1000),
        since=date(2024, 10, 1),
        as_of=date(2026, 2, 1),
        rates={**changing, HalfYear(2026, 1): D(15)},
    )
    assert len(found.periods) == 4
    assert found.rates == (D(15), D(12), D(15))


def test_a_leap_year_has_a_day_more_and_still_365_in_the_formula() -> None:
    def whole(year: int) -> Interest:
        return interest(
            D(1000), since=date(year - 1, 12, 31), as_of=date(year, 12, 31), rates=flat("15")
        )

    assert (whole(2025).days, whole(2025).amount) == (365, D("150.00"))
    assert (whole(2028).days, whole(2028).amount) == (366, D("150.41"))


@pytest.mark.parametrize(
    ("since", "as_of", "expected"),
    [
        ((2026, 6, 29), (2026, 6, 30), [("2026-S1", 1)]),
        ((2026, 6, 30), (2026, 7, 1), [("2026-S2", 1)]),
        ((2026, 6, 29), (2026, 7, 1), [("2026-S1", 1), ("2026-S2", 1)]),
        ((2025, 12, 31), (2026, 1, 1), [("2026-S1", 1)]),
        ((2025, 12, 30), (2026, 1, 1), [("2025-S2", 1), ("2026-S1", 1)]),
        ((2026, 7, 1), (2026, 7, 1), []),
    ],
)
def test_a_new_rate_holds_from_1_january_and_1_july(
    since: tuple[int, int, int], as_of: tuple[int, int, int], expected: list[tuple[str, int]]
) -> None:
    found = [(str(half), days) for half, days in half_years(date(*since), date(*as_of))]
    assert found == expected


# --------------------------------------------------------------------------- rates


def test_the_companys_own_rate_comes_before_the_ecbs() -> None:
    assert Rate(ecb=D("2.15"), own=D("15.00")).late_payment == D("15.00")
    assert Rate(ecb=D("2.15")).late_payment == D("12.15")
    assert Rate(legal=D("2.62")).late_payment is None
    assert Rate(own=D(0)).late_payment == 0


@pytest.mark.parametrize(
    ("own", "below"), [("14.75", True), ("14.76", False), ("14.77", False), (None, False)]
)
def test_the_floor_is_three_times_the_legal_rate(own: str | None, below: bool) -> None:
    """4,92 % in the second half of 2024, so 14,76 %; it binds contract rates only."""
    rate = Rate(ecb=D("4.25"), legal=D("4.92"), own=None if own is None else D(own))
    known = HalfYear(2024, 2), HalfYear(2025, 1)
    rates = Rates({**dict.fromkeys(known, rate), HalfYear(2025, 2): Rate(own=D(1))})
    asked = HalfYear(2025, 2), *reversed(known), HalfYear(2024, 1)  # no legal rate, no rate at all
    assert rates.below_floor(asked) == (list(known) if below else [])


def test_missing_rates_are_named_all_at_once() -> None:
    rates = Rates({HalfYear(2025, 2): Rate(ecb=D("2.15")), HalfYear(2026, 1): Rate()})
    with pytest.raises(MissingRateError) as found:
        owed(claim("10", date(2026, 8, 1)), claim("20", date(2025, 9, 1)), rates=rates)
    assert str(found.value) == (
        "taux des semestres 2026-S1 et 2026-S2 manquants : saisissez-les dans Paramètres, tableau "
        "« Taux », colonne « Taux BCE » ou « Taux société ». Aucune pénalité n'est calculée sans."
    )
    with pytest.raises(
        MissingRateError, match="taux du semestre 2026-S2 manquant : saisissez-le dans"
    ):
        owed(claim("10", date(2026, 8, 1)), rates=rates)
    with pytest.raises(MissingRateError) as found:
        owed(claim("10", date(2020, 3, 1)), rates=Rates())
    spanned = [HalfYear(2020 + at // 2, 1 + at % 2) for at in range(14)]
    assert list(found.value.half_years) == spanned
    assert owed(claim("10", AS_OF), rates=rates).by_item == {}
    assert owed(claim("9", date(2026, 8, 1)), rates=rates, with_interest=False).interest == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2026-S1", HalfYear(2026, 1)), ("2026 s2", HalfYear(2026, 2)), ("2026S1", HalfYear(2026, 1)),
     (" 2026 - S1 ", HalfYear(2026, 1)), ("12026-S1", None), ("2026-S11", None),
     ("2026-S3", None), ("S1 2026", None), ("", None)],
)  # fmt: skip
def test_a_half_year_is_written_2026_s1(text: str, expected: HalfYear | None) -> None:
    assert HalfYear.parse(text) == expected


def test_a_year_has_its_second_half_from_july_on() -> None:
    halves = [HalfYear.of(date(2026, month, 28)).half for month in range(1, 13)]
    assert halves == [1] * 6 + [2] * 6


# ------------------------------------------------------------------------- charges


def test_interest_is_on_what_remains_after_set_off() -> None:
    """1 000 € of which 400 € were set off: 600 x 15 % x 34 / 365 = 8,38."""
    found = interest_of(owed(claim("600", date(2026, 10, 22))))
    assert (found.days, found.amount) == (34, D("8.38"))


def test_each_item_is_rounded_and_the_total_is_their_sum() -> None:
    due = AS_OF - timedelta(days=1)
    found = owed(*(claim("12.16", due, identity=str(at)) for at in range(4)))
    assert found.interest == 0  # four times 0,004997 € are no 0,02 €


def test_an_invoice_in_three_instalments_bears_40_euros_once() -> None:
    days = [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]
    day = date(2026, 8, 1)
    parts = [claim("100", due, document="FA-7", document_date=day) for due in days]
    other = claim("100", days[0], identity="y", document="FA-8", document_date=day)
    found = owed(*parts, other)
    assert [found.of(each.identity).fixed_sum for each in (*parts, other)] == [40, 0, 0, 40]
    assert found.fixed_sums == 80
    assert all(charge.interest for charge in found.by_item.values())
    assert found.half_years == {HalfYear(2026, 2)}
    assert owed(*parts, with_interest=False).half_years == set()


@pytest.mark.parametrize(
    ("first", "second", "sums"),
    [
        pytest.param({}, {"document_date": date(2026, 1, 1)}, 80, id="same-number-other-day"),
        pytest.param({"document": ""}, {"document": ""}, 40, id="no-number-same-entry"),
        pytest.param({"document": "00"}, {"document": "0 0"}, 40, id="zeros-are-no-number"),
        pytest.param(
            {"document": "", "entry_no": "VE-1"},
            {"document": "", "entry_no": "VE-2"},
            80,
            id="no-number-other-entry",
        ),
        pytest.param(
            {"document": "", "entry_no": "0 0"},
            {"document": "", "entry_no": "0 0"},
            80,
            id="zeros-are-no-entry-either",
        ),
        pytest.param(
            {"document": "", "entry_no": ""}, {"document": "", "entry_no": ""}, 80, id="nothing"
        ),
        pytest.param({"document_date": None}, {"document_date": None}, 40, id="no-day"),
    ],
)
def test_what_makes_two_items_one_invoice(
    first: dict[str, Any], second: dict[str, Any], sums: int
) -> None:
    base = claim("100", date(2026, 9, 1), document="FA-7")
    found = owed(replace(base, identity="a", **first), replace(base, identity="b", **second))
    assert found.fixed_sums == sums


@pytest.mark.parametrize(
    "without",
    [
        pytest.param(claim("-50", date(2026, 9, 1)), id="a-credit-note"),
        pytest.param(claim("0", date(2026, 9, 1)), id="a-covered-item"),
        pytest.param(claim("50", AS_OF), id="due-today"),
        pytest.param(claim("50", date(2026, 9, 1), due_date=None), id="without-due-date"),
    ],
)
def test_what_bears_nothing(without: Claim) -> None:
    assert owed(without).by_item == {}


def test_a_cent_the_day_after_bears_the_fixed_sum() -> None:
    """The law knows no least amount; a cent is owed like any other."""
    assert owed(claim("0.01", AS_OF - timedelta(days=1))).fixed_sums == 40


def test_both_are_for_euros_only() -> None:
    assert owed(claim("1000", date(2026, 9, 1)), currency="USD", rates=Rates()).by_item == {}


def test_a_level_may_ask_for_one_of_both() -> None:
    item = claim("1000", date(2026, 9, 1))
    only_sum = owed(item, with_interest=False, rates=Rates())
    assert (only_sum.interest, only_sum.fixed_sums) == (D(0), D(40))
    assert owed(item, with_fixed_sum=False).fixed_sums == 0
    assert owed(item, with_interest=False, with_fixed_sum=False).by_item == {}


def test_a_consumer_owes_the_legal_rate_from_the_formal_notice_on() -> None:
    """Never the 40 €; nothing before the notice, the letter that is one included."""
    item = claim("1000", date(2026, 8, 1), identity="x")
    rates = Rates({HalfYear(2026, 2): Rate(ecb=D("2.15"), legal=D("2.62"), own=D(15))})
    consumer: dict[str, Any] = {"is_professional": False, "rates": rates}
    assert owed(item, **consumer).by_item == {}
    assert owed(item, **consumer, notices={"x": AS_OF}).by_item == {}
    found = owed(item, **consumer, notices={"x": date(2026, 10, 26)})
    assert found.fixed_sums == 0
    charge = interest_of(found)
    assert (charge.days, charge.rates, charge.amount) == (30, (D("2.62"),), D("2.15"))
    with pytest.raises(MissingRateError, match="colonne « Taux légal »"):
        owed(item, is_professional=False, notices={"x": date(2026, 10, 26)}, rates=Rates())


def test_an_extension_after_the_notice_starts_again_at_the_new_due_date() -> None:
    found = owed(
        claim("1000", date(2026, 11, 15), identity="x"),
        is_professional=False,
        notices={"x": date(2026, 10, 1)},
        rates=Rates({HalfYear(2026, 2): Rate(legal=D("2.62"))}),
    )
    assert interest_of(found).days == 10


def record(level: int | None, day: date, batch: str = "b", identity: str = "x") -> HistoryRecord:
    return HistoryRecord(
        batch=batch, letter_date=day, account="411A", currency="EUR", letter_no=level or 3,
        level=level, identity=identity,
    )  # fmt: skip


def test_the_formal_notice_is_the_first_letter_of_the_last_level_that_counts() -> None:
    records = [
        record(2, date(2026, 8, 1)), record(3, date(2026, 10, 2)), record(3, date(2026, 10, 1)),
        record(3, date(2026, 10, 3)),
        record(3, date(2026, 9, 1), batch="undone"), record(None, date(2026, 9, 5)),
        record(2, date(2026, 9, 1), identity="y"),
    ]  # fmt: skip
    assert formal_notices(records, {"undone"}, highest=3) == {"x": date(2026, 10, 1)}
