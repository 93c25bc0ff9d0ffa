"""The sample company shows every case a credit controller meets."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from xl_relances import sample
from xl_relances.book.layout import CLIENTS_TABLE, GRAND_LIVRE_TABLE
from xl_relances.book.named_cells import COMPANY_SETTINGS, SETTINGS
from xl_relances.dunning.decision import Decisions, Preparation
from xl_relances.dunning.due_dates import parse_terms
from xl_relances.dunning.history import HistoryRecord, carried_over, standing
from xl_relances.dunning.ledger import Hold, LedgerEntry, by_account, identities
from xl_relances.dunning.levels import DunningLevel, DunningProcedure
from xl_relances.dunning.open_items import position
from xl_relances.dunning.preparation import prepare
from xl_relances.dunning.selection import CustomerTerms, Policy, Reason, Selection

LEDGER, CUSTOMERS = sample.ledger(), sample.customers()


def text(row: sample.Row, title: str) -> str:
    value = row[title]
    return value if isinstance(value, str) else ""


def day(row: sample.Row, title: str) -> date | None:
    value = row[title]
    return value if isinstance(value, date) else None


def money(row: sample.Row) -> Decimal:
    debit, credit = row["Débit"], row["Crédit"]
    assert (debit is None) != (credit is None), row
    value = debit if credit is None else credit
    assert isinstance(value, Decimal)
    assert value > 0
    return value if credit is None else -value


def is_open(row: sample.Row) -> bool:
    return not text(row, "Lettrage") or text(row, "Lettrage").islower()


def entries() -> list[LedgerEntry]:
    found = []
    for index, row in enumerate(LEDGER):
        amount, level = money(row), row["Dernière lettre"]
        found.append(
            LedgerEntry(
                position=index,
                account=text(row, "Compte"),
                name=text(row, "Nom"),
                entry_no=text(row, "Écriture"),
                document=text(row, "Pièce"),
                document_date=day(row, "Date"),
                due_date=day(row, "Échéance"),
                label=text(row, "Libellé"),
                debit=max(amount, Decimal(0)),
                credit=max(-amount, Decimal(0)),
                currency=text(row, "Devise"),
                allocation_code=text(row, "Lettrage"),
                disputed=bool(row["Litige"]),
                hold=Hold(bool(row["Promesse"]), day(row, "Jusqu'au"), text(row, "Motif")),
                recorded_level=level if isinstance(level, int) else 0,
                recorded_date=day(row, "Relancé le"),
            )
        )
    return [
        replaced._replace(identity=identity)
        for replaced, identity in zip(found, identities(found), strict=True)
    ]


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """What Prepare proposes on the day of the sample, with the shipped procedure."""
    ledger = entries()
    terms = {text(row, "Compte"): parse_terms(text(row, "Délai de paiement")) for row in CUSTOMERS}
    company = parse_terms(str(sample.company()["delai_de_paiement"]))
    records = [
        HistoryRecord(
            batch=sent.isoformat(),
            letter_date=sent,
            account=ledger[row].account,
            currency=ledger[row].currency,
            letter_no=level,
            level=level,
            identity=ledger[row].identity,
        )
        for row, level, sent in sample.earlier_letters()
    ]
    decided = {
        text(row, "Compte"): CustomerTerms(
            terms=terms[text(row, "Compte")],
            do_not_dun=bool(row["Ne pas relancer"]),
            blocked_until=day(row, "Bloqué jusqu'au"),
            block_reason=text(row, "Motif du blocage"),
        )
        for row in CUSTOMERS
    }
    return prepare(
        [
            position(group, terms=terms[account] or company, as_of=sample.AS_OF)
            for (account, _), group in by_account(ledger).items()
        ],
        selection=Selection(as_of=sample.AS_OF),
        procedure=DunningProcedure(
            tuple(DunningLevel(rank=rank, delay=days) for rank, days in ((1, 8), (2, 14), (3, 14)))
        ),
        policy=Policy(interval=14, terms=company, customers=decided),
        standing=standing([*carried_over(ledger, records), *records], ()),
        decisions=Decisions(),
    )


def test_rows_have_the_columns_of_their_sheets() -> None:
    """Rows are keyed by the column titles of the workbook, in their order."""
    assert all(tuple(row) == GRAND_LIVRE_TABLE.contract for row in LEDGER)
    assert all(tuple(row) == CLIENTS_TABLE.contract for row in CUSTOMERS)
    assert sample.company().keys() <= {setting.name for setting in SETTINGS}
    assert sample.company().keys() >= {setting.name for setting in COMPANY_SETTINGS} - {
        "societe_logo"
    }


def test_every_call_returns_the_same() -> None:
    """The sample reads no clock and no global random state."""
    assert sample.ledger() == LEDGER
    assert sample.earlier_letters() == sample.earlier_letters()


def test_its_size_is_that_of_a_small_company() -> None:
    """About 80 customers and 600 ledger rows."""
    assert 75 <= len(CUSTOMERS) <= 85
    assert 550 <= len(LEDGER) <= 700
    assert {row["Compte"] for row in LEDGER} == {row["Compte"] for row in CUSTOMERS}


def test_entries_are_numbered_once() -> None:
    """An entry number names one entry, an invoice number one invoice."""
    numbers = Counter(row["Écriture"] for row in LEDGER)
    assert set(numbers.values()) == {1}
    assert all(re.fullmatch(r"(VE|BQ|AN)-2026-\d{6}", str(number)) for number in numbers)
    invoices = Counter(text(row, "Pièce") for row in LEDGER if money(row) > 0)
    assert set(invoices.values()) == {1}
    assert all(re.fullmatch(r"FA-202[56]-\d{4}", invoice) for invoice in invoices)


def test_nothing_is_dated_after_the_day_of_the_sample() -> None:
    """Documents and letters lie before it; the day itself is still free."""
    assert all((day(row, "Date") or date.max) < sample.AS_OF for row in LEDGER)
    assert all((day(row, "Relancé le") or date.min) < sample.AS_OF for row in LEDGER)


def test_upper_case_codes_balance_but_in_the_accounts_made_for_it() -> None:
    """Allocated entries sum to zero, one gap and one opening balance apart."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in LEDGER:
        if not is_open(row):
            sums[text(row, "Compte"), text(row, "Lettrage")] += money(row)
    assert {account for (account, _), total in sums.items() if total} == {
        "411OLIVERA",
        "411FERMETT",
    }


def test_due_dates_follow_the_payment_terms() -> None:
    """An invoice of the year falls due by its customer's terms, else the company's."""
    terms = {row["Compte"]: text(row, "Délai de paiement") or "30" for row in CUSTOMERS}
    for row in LEDGER:
        issued, due = day(row, "Date"), day(row, "Échéance")
        if text(row, "Écriture").startswith("VE") and money(row) > 0 and issued and due:
            parsed = parse_terms(terms[row["Compte"]])
            assert parsed is not None
            assert parsed.due_date(issued) == due, row


@pytest.mark.parametrize(("first", "last"), [(1, 30), (31, 60), (61, 90), (91, 9999)])
def test_every_band_of_lateness_is_there(first: int, last: int) -> None:
    """Open invoices fill each column of the aged balance."""
    late = [
        (sample.AS_OF - due).days
        for row in LEDGER
        if is_open(row) and money(row) > 0 and (due := day(row, "Échéance"))
    ]
    assert sum(first <= days <= last for days in late) >= 5


def test_prepare_chases_about_forty_customers_with_all_three_letters(
    preparation: Preparation,
) -> None:
    """The shipped procedure proposes letters 1, 2 and 3 on the day of the sample."""
    assert 36 <= len(preparation.chased) <= 46
    numbers = Counter(customer.number for customer in preparation.chased)
    assert numbers.keys() == {1, 2, 3}
    assert min(numbers.values()) >= 10


def test_customers_are_left_out_for_many_reasons(preparation: Preparation) -> None:
    """Non relancés is worth reading."""
    assert {customer.reason for customer in preparation.left_out} >= {
        Reason.NIL_ACCOUNT,
        Reason.CREDIT_ACCOUNT,
        Reason.DO_NOT_DUN,
        Reason.BLOCKED,
        Reason.TOO_RECENT,
        Reason.LAST_LEVEL,
        Reason.DISPUTED,
        Reason.NOT_DUE,
    }


def test_a_broken_promise_is_chased_again(preparation: Preparation) -> None:
    """A block that ended yesterday holds no letter back."""
    ended = {
        row["Compte"]
        for row in CUSTOMERS
        if day(row, "Bloqué jusqu'au") == sample.AS_OF - timedelta(days=1)
    }
    assert ended
    assert ended <= {customer.position.account for customer in preparation.chased}


def test_a_promise_kept_one_broken_and_one_awaited(preparation: Preparation) -> None:
    """The kept one is allocated; the broken one is chased again; the awaited one stays out."""
    kept = [row for row in LEDGER if row["Promesse"] and not is_open(row)]
    assert [text(row, "Compte") for row in kept] == ["411HOTELLE"]
    lines = {
        customer.position.account: line
        for customer in preparation.chased
        for line in customer.items
        if line.item.hold.promised
    }
    assert lines.keys() == {"411COUTURE", "411FILATUR"}
    broken, awaited = lines["411COUTURE"], lines["411FILATUR"]
    assert broken.listed
    assert broken.item.broken_promise(sample.AS_OF) == sample.AS_OF - timedelta(days=7)
    assert (awaited.listed, awaited.reason) == (False, Reason.PROMISED)


def test_one_customer_owes_in_two_currencies(preparation: Preparation) -> None:
    """It gets two rows and two letters."""
    currencies = defaultdict(set)
    for customer in preparation.chased:
        currencies[customer.position.account].add(customer.position.currency)
    assert [c for c in currencies.values() if len(c) > 1] == [{"EUR", "USD"}]


def test_large_customers_are_there(preparation: Preparation) -> None:
    """Letters of many lines are among them, and customers of many items."""
    assert sum(len(customer.items) >= 15 for customer in preparation.chased) == 2
    assert max(len(customer.listed) for customer in preparation.chased) >= 14


def test_credits_cover_items(preparation: Preparation) -> None:
    """Payments, credit notes and a gap are set off before anything is chased."""
    positions = [customer.position for customer in preparation.in_range]
    assert sum(position.has_gap for position in positions) == 2
    lines = [item for position in positions for item in position.items]
    assert sum(item.is_debit and item.set_off > 0 for item in lines) >= 10
    assert any(item.is_debit and not item.remainder for item in lines)


def test_letters_of_the_history_stand_in_the_ledger_too() -> None:
    """Save left level and day of its last letter beside each item."""
    last: dict[int, tuple[int, date]] = {}
    for row, level, sent in sample.earlier_letters():
        assert sent > (day(LEDGER[row], "Échéance") or date.min)
        last[row] = (level, sent)
    recorded = {
        index: (row["Dernière lettre"], row["Relancé le"])
        for index, row in enumerate(LEDGER)
        if row["Dernière lettre"] is not None
    }
    assert last.items() <= recorded.items()
    taken_over = recorded.keys() - last.keys()
    assert {recorded[row][1] for row in taken_over} == {sample.FORMER_SYSTEM}
    assert any(not is_open(LEDGER[row]) for row in last), "some paid after their letter"


def test_customers_show_every_way_of_writing_to_them() -> None:
    """Consumers and professionals, French and English, by post, by mail and both."""
    assert {row["Type"] for row in CUSTOMERS} == {"Professionnel", "Particulier"}
    assert {row["Envoi"] for row in CUSTOMERS} == {"Courrier", "E-mail", "Courrier et e-mail"}
    assert {row["Langue"] for row in CUSTOMERS} == {None, "fr", "en"}
    assert len({row["Pays"] for row in CUSTOMERS}) >= 6
    names = "".join(text(row, "Nom") for row in CUSTOMERS)
    assert all(character in names for character in "éÔ'&«")
    assert max(len(text(row, "Nom")) for row in CUSTOMERS) > 60
    assert any(text(row, "Compte").startswith("000") for row in CUSTOMERS)
    assert any(row["Échéance"] is None and money(row) > 0 for row in LEDGER)


def test_nothing_in_it_can_reach_anybody() -> None:
    """Addresses end in .example, telephone numbers are of the ranges kept for fiction."""
    mails = [text(row, "E-mail") for row in CUSTOMERS if row["E-mail"]]
    assert sum(re.fullmatch(r"[\w.]+@[\w-]+\.example", mail) is None for mail in mails) == 1
    assert all(mail.endswith("example") for mail in mails)
    fictional = re.compile(
        r"(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49|06 39 98) \d\d \d\d"
        r"|\+44 113 496 0\d{3}|\+1 617 555 01\d\d"
    )
    phones = [text(row, "Téléphone") for row in CUSTOMERS if row["Téléphone"]]
    assert all(fictional.fullmatch(phone) for phone in phones)


def test_the_company_has_valid_numbers() -> None:
    """SIREN passes Luhn, the VAT key follows from it, the IBAN has remainder 1."""
    company = sample.company()
    siren = str(company["societe_siren"])
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(siren))]
    assert sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0
    assert company["societe_tva"] == f"FR{(12 + 3 * (int(siren) % 97)) % 97:02}{siren}"
    iban = str(company["societe_iban"]).replace(" ", "")
    moved = iban[4:] + iban[:4]
    assert int("".join(str(int(c, 36)) for c in moved)) % 97 == 1
