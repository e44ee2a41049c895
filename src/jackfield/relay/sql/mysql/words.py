"""What MySQL's statements and functions mean for where they run."""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


SELECTS = _set("select with values")
"""What a read begins with."""

PLAIN = _set(
    """
    alter analyze begin check checksum commit create delete desc describe drop explain grant insert kill load optimize
    rename repair replace revoke rollback savepoint release show start truncate update
    """
)
"""What leaves nothing behind in the session, unless a word or a function in it says otherwise."""

SCANNED = SELECTS | _set("delete explain insert replace update")
"""In which an unknown function may run."""

WRITES = _set("insert update delete into lock share procedure")
"""Anywhere in a read: it is none."""

OWN = _set("processlist performance_schema sys session_status session_variables global_status")
"""Relations that tell of one server or one session; those that begin with ``innodb_`` do as well."""

OWN_VARIABLES = _set(
    "identity last_insert_id insert_id pseudo_thread_id in_transaction rand_seed1 rand_seed2 last_gtid gtid_binlog_pos"
)
LAST_VARIABLES = _set("warning_count error_count")

BEFORE_NAMES = _set("as into insert replace ignore low_priority high_priority delayed with recursive partition")
"""What stands before a name whose columns, or partitions, follow in parentheses."""

NOT_CALLS = _set(
    """
    all and any as asc between binary by case check collate constraint cross default desc distinct div do duplicate else
    end except exists for foreign from full fulltext group having if in index inner intersect interval is join key
    left like limit lock mod natural not null offset on or order outer over partition primary range recursive references
    regexp returning right rlike rows row select set some sounds straight_join table then union unique update use using
    value values when where window with xor bigint char character date datetime decimal double float int integer
    nchar numeric real signed smallint text time timestamp tinyint unsigned varbinary varchar year json against match
    force ignore intersect minus lateral ordinality columns nested path within
    """
)
"""Words that may stand before a parenthesis without being called, and types with a length."""

READING = _set(
    """
    abs acos adddate addtime ascii asin atan atan2 avg benchmark bin bit_and bit_count bit_length bit_or bit_xor cast
    ceil ceiling char char_length character_length charset chr coalesce coercibility collation column_get compress
    concat concat_ws conv convert convert_tz cos cot count crc32 cume_dist curdate current_date current_role
    current_time current_timestamp current_user curtime database date date_add date_format date_sub datediff day dayname
    dayofmonth dayofweek dayofyear degrees dense_rank elt exp export_set extract extractvalue field find_in_set
    first_value floor format format_bytes from_base64 from_days from_unixtime get_format greatest group_concat hex hour
    if ifnull inet6_aton inet6_ntoa inet_aton inet_ntoa insert instr is_ipv4 is_ipv6 isnull json_array json_arrayagg
    json_array_append json_array_insert json_contains json_contains_path json_depth json_detailed json_equals
    json_exists
    json_extract json_insert json_keys json_length json_merge json_merge_patch json_merge_preserve json_normalize
    json_object json_objectagg json_overlaps json_pretty json_query json_quote json_remove json_replace json_search
    json_set json_table json_type json_unquote json_valid json_value lag last_day last_value lcase lead least left
    length ln localtime localtimestamp locate log log10 log2 lower lpad ltrim make_set makedate maketime max md5 median
    microsecond mid min minute mod month monthname now nth_value ntile nullif nvl nvl2 oct octet_length ord percent_rank
    percentile_cont percentile_disc period_add period_diff pi position pow power quarter quote radians rand rank
    regexp_instr regexp_like regexp_replace regexp_substr repeat replace reverse right round row_number rpad rtrim
    schema
    sec_to_time second session_user sha sha1 sha2 sign sin sleep soundex space sqrt std stddev stddev_pop stddev_samp
    str_to_date strcmp subdate substr substring substring_index subtime sum sysdate system_user tan time time_format
    time_to_sec timediff timestamp timestampadd timestampdiff to_base64 to_char to_days to_seconds trim truncate ucase
    uncompress unhex unix_timestamp updatexml upper user utc_date utc_time utc_timestamp uuid uuid_short var_pop
    var_samp variance version week weekday weekofyear weight_string year yearweek
    st_area st_asgeojson st_astext st_aswkb st_buffer st_centroid st_contains st_crosses st_difference st_dimension
    st_disjoint st_distance st_distance_sphere st_envelope st_equals st_geomfromtext st_geomfromwkb st_intersection
    st_intersects st_isvalid st_length st_overlaps st_pointfromtext st_srid st_touches st_union st_within st_x st_y
    point linestring polygon
    """
)
"""Functions that change nothing and say the same on every server."""

PRIMARY = _set("last_insert_id row_count connection_id lastval nextval current_xid")
"""Functions for the primary that leave nothing behind in the session."""

LAST = _set("found_rows")
"""Functions that tell of the statement before."""
