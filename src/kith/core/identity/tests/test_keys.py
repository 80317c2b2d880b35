"""R10, R28: what joins, what is only offered, and why."""

from kith.core.identity.keys import name_similarity, party_keys
from kith.core.identity.matchkeys import EVIDENCE, REASON_OF, MatchKey, joins, shared_reasons
from kith.core.identity.person import PersonName
from kith.core.identity.problems import Problem
from kith.core.identity.texts import MESSAGES, REASONS


def person(name: str = "", **fields: list[str]) -> frozenset[MatchKey]:
    return party_keys("person", names=[name], **fields)


def company(name: str = "", **fields: list[str]) -> frozenset[MatchKey]:
    return party_keys("company", names=[name], **fields)


def test_a_phone_or_a_name_never_joins_people():
    keys = person("Иванов Иван", phones=["+79161234567"], emails=["ivan@arbor.example"], external_ids=["erp:1"])
    assert {key.kind for key in joins("person", keys)} == {"email", "external_id"}


def test_a_company_joins_by_id_tax_id_and_exact_name():
    keys = company("ООО «Ромашка»", tax_ids=["7707083893"], emails=["a@arbor.example"], websites=["arbor.example"])
    assert {key.kind for key in joins("company", keys)} == {"tax_id", "company_name"}
    assert shared_reasons(keys, company("Romashka LLC")) == ("same_company_name_transliterated",)


def test_the_reason_is_told_and_the_strongest_comes_first():
    ours = person("Иванов Иван", phones=["+79161234567"], emails=["Ivan@Arbor.example"])
    theirs = person("Ivan Ivanov", phones=["+79161234567"], emails=["<ivan@arbor.example>"])
    assert shared_reasons(ours, theirs) == ("same_email", "same_phone", "same_name_transliterated")
    assert shared_reasons(person("张伟"), person("Wei Zhang")) == ("same_name_pinyin",)
    assert shared_reasons(person("Ivan Ivanov"), person("IVANOV Ivan")) == ("same_name", "same_name_transliterated")


def test_another_patronymic_or_other_characters_speak_against_the_name():
    assert shared_reasons(person("Иванов Иван Петрович"), person("Ivanov Ivan Sergeevich")) == ()
    assert shared_reasons(person("Иванов Иван Петрович"), person("Ivanov Ivan Petrovich")) != ()
    assert shared_reasons(person("张伟"), person("章薇")) == ()
    assert shared_reasons(company("海尔"), company("海儿")) == ()


def test_a_patronymic_does_not_hide_a_shared_phone():
    ours = person("Иванов Иван Петрович", phones=["+79161234567"])
    theirs = person("Иванов Иван Сергеевич", phones=["+79161234567"])
    assert shared_reasons(ours, theirs) == ("same_phone",)


def test_a_typed_phone_matches_itself_and_extensions_differ():
    assert shared_reasons(person(phones=["call Eva"]), person(phones=["call Eva"])) == ("same_phone",)
    assert shared_reasons(person(phones=["+48221234567 ext. 1"]), person(phones=["+48221234567 ext. 2"])) == ()


def test_only_companies_share_a_private_domain():
    assert shared_reasons(company(emails=["a@arbor.example"]), company(websites=["www.arbor.example"])) == (
        "same_domain",
    )
    assert shared_reasons(person(emails=["a@arbor.example"]), person(emails=["b@arbor.example"])) == ()
    own = party_keys("company", emails=["a@arbor.example"], public_domains={"arbor.example"})
    assert "domain" not in {key.kind for key in own}


def test_native_names_count_beside_the_name():
    assert shared_reasons(party_keys("person", names=["Zhang Wei"], native_names=["张伟"]), person("张伟")) == (
        "same_name",
        "same_name_pinyin",
    )
    assert party_keys("person", names=[PersonName("Иван", "", "Иванов")]) == person("Иван Иванов")


def test_half_a_name_says_nothing():
    assert person("Иван") == person("") == person("张") == frozenset()


def test_similarity_ranks_offers():
    assert name_similarity("Иванов Иван", "Ivan Ivanov") == 1.0
    assert name_similarity("ООО «Ромашка»", "Romashka LLC") == 1.0
    assert name_similarity("张伟", "Zhang Wei") == 1.0
    assert name_similarity("张伟", "章薇") == 0.0
    assert 0.8 < name_similarity("Иванов Иван", "Ivanova Ivan") < 1.0
    assert name_similarity("Иванов", "Reuter") < 0.5


def test_every_identifier_has_words():
    assert set(REASONS) == set(REASON_OF.values())
    assert set(MESSAGES) == set(Problem.KEYS)
    assert not set(EVIDENCE) & set(REASON_OF)
