"""What the ribbon and the right click run: one function for each command.

RunPython names them: ``import xl_relances.excel.macros as m; m.prepare()``. Each
hands over to a step of its own module through the error boundary; no workbook,
application or range outlives a click.
"""

from __future__ import annotations

from xl_relances.excel.boundary import click


def import_ledger() -> None:
    """« Importer »: the files that the VBA let the user choose, into Grand livre and Clients."""
    click("importing", "import_ledger")


def control() -> None:
    """« Contrôler »: list what is to be mended, with links."""
    click("control", "control")


def go_to_selection() -> None:
    """« Sélection »: show the criteria."""
    click("views", "go_to_selection")


def prepare() -> None:
    """« Préparer »: fill Préparation, Détail and Non relancés."""
    click("steps", "prepare")


def simulate() -> None:
    """« Simuler »: tell what Préparer would change, and write nothing."""
    click("steps", "simulate")


def clear_preparation() -> None:
    """« Supprimer les relances »: empty the three sheets, after asking."""
    click("steps", "clear_preparation")


def show_detail() -> None:
    """« Voir le détail »: only the items of the selected customers."""
    click("views", "show_detail")


def show_all() -> None:
    """« Tout afficher »: no filter any more."""
    click("views", "show_all")


def toggle_dunning() -> None:
    """« Relancer ou non »: turn the ticks of the selected rows over."""
    click("decisions", "toggle_dunning")


def raise_level() -> None:
    """« Lettre + »: the next number for the selected customers."""
    click("decisions", "raise_level")


def lower_level() -> None:
    """« Lettre − »: the number before for the selected customers."""
    click("decisions", "lower_level")


def toggle_issued() -> None:
    """« Éditée / Non éditée »: consider the selected letters as issued, or not."""
    click("decisions", "toggle_issued")


def remove_item() -> None:
    """« Retirer l'échéance »: the selected items out of their letters."""
    click("decisions", "remove_item")


def dispute() -> None:
    """« Litige »: the selected entries contested, until the day that the VBA asked for."""
    click("holding", "dispute")


def promise() -> None:
    """« Promesse »: the selected entries promised for the day that the VBA asked for."""
    click("holding", "promise")


def lift() -> None:
    """« Lever »: the selected entries neither contested nor promised any more."""
    click("holding", "lift")


def issue() -> None:
    """« Éditer… »: ask for whom, then make the letters."""
    click("steps", "issue")


def mail() -> None:
    """« E-mails »: a draft, or a mail sent, for each issued customer who wants one."""
    click("steps", "mail")


def export_pdf() -> None:
    """« PDF »: each letter issued, beside its Word file."""
    click("steps", "export_pdf")


def print_merged() -> None:
    """« Document à imprimer »: the letters issued as one Word document for each template."""
    click("steps", "print_merged")


def open_folder() -> None:
    """« Ouvrir le dossier »: the letters of the campaign."""
    click("folders", "open_folder")


def save() -> None:
    """« Sauvegarder »: what was issued into the history, after asking."""
    click("steps", "save")


def undo() -> None:
    """« Annuler la campagne »: take the newest campaign back, after asking."""
    click("steps", "undo")


def open_templates() -> None:
    """« Modèles Word »: the folder of the templates."""
    click("folders", "open_templates")


def check_templates() -> None:
    """« Vérifier les modèles »: list what is wrong with them."""
    click("control", "check_templates")


def restart_python() -> None:
    """« Redémarrer Python »: the VBA stopped the old one; this one tells that it runs."""
    click("folders", "restart_python")


def open_guide() -> None:
    """« Guide »: the user's guide."""
    click("folders", "open_guide")
