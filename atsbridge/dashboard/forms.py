"""What the dashboard's forms share."""

from django import forms


def pointed[Form: forms.Form](form: Form) -> Form:
    """Put the cursor where a form's first mistake is, so that it is seen on a small screen, too."""
    wrong = next((name for name in form.errors if name in form.fields), None)
    if wrong:
        form.fields[wrong].widget.attrs["autofocus"] = True
    return form
