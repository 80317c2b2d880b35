"""Words for the identifiers of this package: problems with an input and reasons of a match.

The only file here that knows the translation machinery.
"""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "text_nul": _("The text contains a NUL character; remove it and save again."),
    "text_surrogate": _("The text contains a broken character; type or paste it again."),
    "bad_email": _("“%(value)s” is not an e-mail address; write it like name@example.com."),
    "bad_web_address": _("not a valid web address; allowed: http, https"),
    "phone_query_short": _("Type at least 3 characters to search for a phone number."),
    "unknown_country": _("“%(value)s” is not a country; write its name or its two-letter code."),
}

REASONS = {
    "same_external_id": _("same external id"),
    "same_email": _("same e-mail"),
    "same_phone": _("same phone"),
    "same_tax_id": _("same tax or registration number"),
    "same_domain": _("same e-mail or web domain"),
    "same_company_name": _("same company name"),
    "same_company_name_transliterated": _("same company name in another script"),
    "same_name": _("same name"),
    "same_name_transliterated": _("same name in another spelling or script"),
    "same_name_pinyin": _("same Chinese name in characters or pinyin"),
    "same_birth_date": _("same birth date"),
}

#: What else speaks for two parties being one, or against it.
SIGNS = {
    "same_birth_date": REASONS["same_birth_date"],
    "same_employer": _("same employer"),
    "same_city": _("same city"),
    "similar_name": _("similar name"),
    "other_birth_date": _("different birth dates"),
    "other_tax_id": _("different tax numbers"),
    "other_name": _("different names"),
    "other_family_name": _("different family names"),
    "other_country": _("different countries"),
}
