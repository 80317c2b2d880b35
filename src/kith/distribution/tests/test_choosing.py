"""The methods of distribution with the worked examples of the rules (R46, R47, R49, R50)."""

import pytest

from kith.distribution.choosing import Dealer, Seat, Team, by_quota, quota, spread, team_for


def seats(*names, **facts):
    return [Seat(name, name, name, **{key: value[name] for key, value in facts.items()}) for name in names]


def names(picks):
    return {key: pick.seat.name for key, pick in picks.items()}


def of(picks, name):
    return [key for key, pick in picks.items() if pick.seat.name == name]


def test_ten_records_to_four_people_in_turn():
    """R46. 10 records to A, B, C, D: A 1 5 9, B 2 6 10, C 3 7, D 4 8."""
    picks = Dealer("round_robin", seats("A", "B", "C", "D")).deal(range(1, 11))
    assert {name: of(picks, name) for name in "ABCD"} == {"A": [1, 5, 9], "B": [2, 6, 10], "C": [3, 7], "D": [4, 8]}
    assert spread(list(range(1, 11)), list("ABCD")) == names(picks)


def test_the_turn_goes_on_where_it_stopped():
    dealer = Dealer("round_robin", seats("A", "B", "C"))
    assert [dealer.deal([key])[key].seat.name for key in range(4)] == ["A", "B", "C", "A"]


@pytest.mark.parametrize(("capacity", "given", "left"), [(100, 0, 3), (75, 0, 3), (50, 0, 2), (10, 0, 0), (75, 8, -5)])
def test_the_quota_of_a_day_is_a_thirtieth_with_half_rounded_up(capacity, given, left):
    """R47. Capacities 100, 75, 50, 10 → 3, 3, 2, 0 a day; 75 with 8 taken today → −5."""
    assert quota(capacity, given) == left


def test_vera_igor_and_ana_by_quota_and_preference():
    """R50. Vera 3 (prefers VIP), Igor 3, Ana 2; VIP are 2 5 7 9 → Vera 2 5 7, Igor 1 4 8, Ana 3 6; 9 waits."""
    people = seats("Vera", "Igor", "Ana", quota={"Vera": 3, "Igor": 3, "Ana": 2}, prefers={"Vera": {2, 5, 7, 9}, "Igor": (), "Ana": ()})  # fmt: skip
    picks = by_quota(range(1, 10), people)
    assert {name: of(picks, name) for name in ("Vera", "Igor", "Ana")} == {"Vera": [2, 5, 7], "Igor": [1, 4, 8], "Ana": [3, 6]}  # fmt: skip
    assert 9 not in picks
    assert [(picks[key].place, picks[key].of, picks[key].preferred) for key in (2, 1, 6)] == [(1, 3, True), (1, 2, False), (1, 2, False)]  # fmt: skip


def test_nobody_gets_what_the_own_filter_refuses():
    people = seats("Vera", "Igor", quota={"Vera": 5, "Igor": 1}, accepts={"Vera": {1}, "Igor": None})
    assert names(by_quota([1, 2, 3], people)) == {1: "Vera", 2: "Igor"}


def test_largest_quota_first_then_the_order_of_the_list():
    people = seats("A", "B", "C", quota={"A": 1, "B": 2, "C": 2})
    assert names(by_quota([1, 2, 3, 4, 5], people)) == {1: "B", 2: "C", 3: "A", 4: "B", 5: "C"}


def test_by_weight_three_to_one():
    people = seats("A", "B", weight={"A": 3, "B": 1})
    picks = Dealer("weighted", people).deal(range(8))
    assert (len(of(picks, "A")), len(of(picks, "B"))) == (6, 2)


def test_a_weight_of_nothing_takes_nothing():
    assert names(Dealer("weighted", seats("A", "B", weight={"A": 0, "B": 1})).deal([1, 2])) == {1: "B", 2: "B"}


def test_the_least_busy_counts_what_it_was_just_given():
    people = seats("A", "B", load={"A": 2, "B": 0})
    picks = Dealer("least_busy", people).deal(range(5))
    assert names(picks) == {0: "B", 1: "B", 2: "A", 3: "B", 4: "A"}
    assert picks[0].figure == 0 and picks[2].figure == 2


def test_by_territory_only_where_it_fits():
    people = seats("A", "B", matches={"A": {1, 2}, "B": {2, 3}})
    picks = Dealer("territory", people).deal([1, 2, 3, 4])
    assert names(picks) == {1: "A", 2: "B", 3: "B"} and 4 not in picks


def test_the_previous_owner_before_the_turn():
    dealer = Dealer("previous", seats("A", "B"), former={7: "B"})
    picks = dealer.deal([7, 8, 9])
    assert names(picks) == {7: "B", 8: "A", 9: "B"}
    assert [picks[key].by for key in (7, 8)] == ["previous", "round_robin"]


def test_a_quota_holds_for_every_method():
    people = seats("A", "B", quota={"A": 1, "B": None})
    assert names(Dealer("round_robin", people).deal([1, 2, 3])) == {1: "A", 2: "B", 3: "B"}


def test_the_team_that_got_least_for_its_size_takes_the_record():
    """R49: smallest ratio of received to capacity; on a tie the order of teams."""
    teams = [Team("North", 100, range(10)), Team("South", 50, range(10))]
    assert [team_for(key, teams).rule for key in range(6)] == ["North", "South", "North", "North", "South", "North"]


def test_a_record_that_no_team_accepts_stays_without_one():
    assert team_for(5, [Team("North", 100, {1})]) is None
