"""Row expressions compute, and can do nothing else."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.errors import ConfigError
from kundig.sources.expression import LONGEST, allowed_functions, expression

COLUMNS = ("csat", "channel", "created", "Order No")
ROW = "(SELECT '4' AS csat, 'Web' AS channel, '2025-01-02' AS created, '007' AS \"Order No\")"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("csat is not null and lower(channel) = 'web'", True),
        ("csat::int + 1", 5),
        ("case when csat::int > 3 then 'good' else 'bad' end", "good"),
        ('"Order No" || \'-\' || channel', "007-Web"),
        ("channel in ('Web', 'App')", True),
        ("created between '2025-01-01' and '2025-12-31'", True),
        ("coalesce(nullif(channel, 'Web'), 'none')", "none"),
        ("year(created::date)", 2025),
        ("replace(upper(CHANNEL), 'W', 'V')", "VEB"),
        ("concat_ws(' ', channel, csat)", "Web 4"),
    ],
)
def test_an_expression_computes(text: str, value: object) -> None:
    assert duckdb.sql(f"SELECT {expression(text, COLUMNS).sql} FROM {ROW}").fetchall() == [(value,)]


@pytest.mark.parametrize(
    "text",
    [
        "read_text('/etc/passwd')", "(select 1)", "csat in (select * from read_csv('/etc/passwd'))", "exists (select 1)", "1; drop table rows", "1 from rows", "csat, channel",
        "getenv('HOME')", "current_setting('temp_directory')", "* ", "rows.*", "columns('.*')", "pragma_version()", "1 union select 2", "csat limit 1", "load('x')", "install('httpfs')",
        "read_blob('http://169.254.169.254/')", "sniff_csv('/etc/passwd')", "glob('/*')", "list_transform([1], x -> x)", "[1, 2]", "{'a': 1}", "count(*)", "sum(csat)", "row_number() over ()",
        "repeat('x', 1000000000)", "range(1000000000)", "random()", "now()", "current_timestamp", "csat::blob", "csat::struct(a int)", "csat::int[]", "lpad(csat, 1000000000, 'x')",
        "$1", "?", ":name", "@x", "csat collate nocase", "nextval('x')", "query('select 1')", "query_table('rows')", "getvariable('x')", "parse_path('x')", "write_log('x')",
        "attach 'x'", "copy rows to '/tmp/x'", "csat -- comment\n; select 1", "/* */ (values (1))", "case when true then (select 1) end", "not exists(from 'x.csv')", "'/etc/passwd'::regclass",
        "unnest([1])", "cast(csat as json)", "main.read_text('/etc/passwd')", "system.main.getenv('HOME')", "\"read_text\"('/etc/passwd')", "csat.read_text()", "", " ", "--", "'", "((((", "x" * (LONGEST + 1),
    ],
)  # fmt: skip
def test_a_hostile_expression_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        expression(text, COLUMNS)


@pytest.mark.parametrize(("start", "end"), [("(", ")"), ("not ", ""), ("-", ""), ("lower(", ")"), ("case when true then ", " end"), ("1+", ""), ("csat || ", ""), ("true and ", ""), ("coalesce(1,", ")")])
def test_deep_nesting_is_refused_or_computed_but_never_a_crash(start: str, end: str) -> None:
    count = (LONGEST - 10) // len(start + end)
    try:
        expression(start * count + "csat" + end * count, COLUMNS)
    except ConfigError as error:
        assert len(str(error)) < 3 * LONGEST


def test_an_unknown_column_is_named_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"names the column 'csta', which is not there; did you mean 'csat'\?"):
        expression("csta > 3", COLUMNS)


def test_a_function_that_is_not_allowed_is_named_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match=r"the function 'read_text' is not allowed in \"read_text\('x'\)\"; allowed are abs, "):
        expression("read_text('x')", COLUMNS)


def test_a_cast_that_fails_is_told_and_a_try_cast_is_not() -> None:
    told = expression("csat::int > 3", ("csat",))
    rows = "(VALUES ('4'), ('x'), (NULL)) t(csat)"
    assert told.fails is not None
    assert duckdb.sql(f"SELECT csat, {told.sql}, {told.fails} FROM {rows}").fetchall() == [("4", True, False), ("x", None, True), (None, None, False)]
    assert expression("try_cast(csat as int) > 3", ("csat",)).fails is None


WORDS = st.sampled_from(
    ["csat", "channel", "select", "from", "read_text", "getenv", "(", ")", ",", ";", "'", '"', "''", "1", "1e9", "::", "int", "varchar", "case", "when", "then", "else", "end", "and", "not", "in",
     "is", "null", "between", "like", "interval", "extract", "year", "cast", "as", "lower", "lpad", "regexp_matches", "[", "]", "{", "}", "->", "->>", "||", "+", "-", "*", "/", "%", ".", "@", "$", "?",
     "struct", "union", "exists", "over", "filter", "distinct", "with", "values", "date_trunc", "substring", "for", "trim", "both", "position", "escape", "--", "/*", "*/", "\\", "\n", "decimal(1,", "current_date"]
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.lists(WORDS, max_size=14).map(" ".join), st.text(max_size=60)))
def test_any_text_is_an_expression_of_allowed_functions_or_a_clear_error(text: str) -> None:
    try:
        written = expression(text, COLUMNS).sql
    except ConfigError:
        return
    bare = re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", "x", written)
    called = {name.lower() for name in re.findall(r"([A-Za-z_]\w*)\s*\(", bare)}
    words = {"in", "and", "or", "not", "case", "when", "then", "else", "cast", "try_cast", "decimal", "is", "like", "between", "interval", "as", "varchar"}
    assert called <= words | set(allowed_functions()) | ENGINE_NAMES
    assert not re.search(r"\b(select|from|copy|attach|install|load|pragma)\b", re.sub(r"extract\(\w+ from|trim\((both |leading |trailing )?\w* ?from|substring\(", "", bare.lower()))


ENGINE_NAMES = {"strftime", "regexp_matches", "str_split", "split_part", "strpos", "instr", "starts_with", "ends_with", "date_diff", "datepart", "lpad", "rpad", "ceil", "substring", "left", "right", "ascii", "length"}
"""How the engine calls what the list of allowed functions calls otherwise."""
