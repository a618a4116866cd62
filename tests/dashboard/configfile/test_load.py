from dashboard.configfile.load import load


def test_it_knows_the_line_of_every_value() -> None:
    source = load(
        "version: 1\nteams:\n  - name: sales\n    members:\n      - {username: ben,\n         role: king}\n", "f"
    )
    assert source.line(("teams", 0, "members", 0, "role")) == 6
    assert source.line(("teams", 0, "members", 0)) == 5
    assert source.line(("teams", 0, "title")) == 3


def test_plain_text_that_looks_like_a_time_or_a_word_stays_text() -> None:
    source = load("a: 3600:10\nb: 2026-01-01\nc: yes\nd: 00:00\ne: 0777\nf: 0o17\n", "f")
    assert source.data == {"a": "3600:10", "b": "2026-01-01", "c": "yes", "d": "00:00", "e": "0777", "f": "0o17"}


def test_numbers_truth_and_nothing_are_read() -> None:
    source = load("a: 5\nb: -1.5\nc: true\nd:\ne: 1e3\nf: null\n", "f")
    assert source.data == {"a": 5, "b": -1.5, "c": True, "d": None, "e": 1000.0, "f": None}


def test_anchors_and_merges_work() -> None:
    source = load("a: &x {one: 1, two: 2}\nb: {<<: *x, two: 3}\nc: *x\n", "f")
    assert source.data == {"a": {"one": 1, "two": 2}, "b": {"one": 1, "two": 3}, "c": {"one": 1, "two": 2}}
    assert not source.problems


def test_a_file_that_explodes_when_it_is_read_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    source = load("\n".join(lines), "f")
    assert "too deep or too large" in source.problems[0].reason
