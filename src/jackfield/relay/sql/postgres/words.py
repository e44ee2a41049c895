"""What PostgreSQL's statements and functions mean for where they run."""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


SELECTS = frozenset({"select", "values", "table", "with"})
"""What a read begins with."""

PLAIN = _set(
    """
    abort alter analyze begin checkpoint cluster close comment commit copy create declare delete drop end execute
    explain fetch grant import insert lock merge move notify prepare reassign refresh reindex release revoke rollback
    savepoint security show start truncate update vacuum deallocate
    """
)
"""What leaves nothing behind in the session, unless a word or a function in it says otherwise."""

SCANNED = SELECTS | _set("delete execute explain insert merge prepare update declare")
"""In which an unknown function may run."""

WRITES = _set("insert update delete merge into")
"""Anywhere in a read: it is none."""

LOCKS = _set("update share no key")
"""Behind FOR."""

OWN = _set(
    """
    pg_locks pg_prepared_statements pg_prepared_xacts pg_cursors pg_settings pg_replication_slots
    pg_listening_channels pg_file_settings pg_db_role_setting pg_backend_memory_contexts pg_timezone_names
    """
)
"""Relations that tell of one server or one session; those that begin with ``pg_stat`` do as well."""

NOT_CALLS = _set(
    """
    all and any array as asc between by case cast check collate conflict cube cross desc distinct do else end escape
    except exists fetch filter for from full group grouping having ilike in inner intersect interval is join lateral
    left like limit materialized natural not null offset on only or order outer over partition recursive returning right
    rollup row rows select set sets similar some table tablesample then time timestamp union unique using values when
    where window with within bit char character dec decimal double float int integer nchar numeric precision real
    smallint bigint varchar boolean current_catalog current_date current_role current_schema current_time
    current_timestamp current_user localtime localtimestamp session_user user default primary key references
    range groups exclude ties explain analyze verbose costs buffers format insert update delete merge into matched
    nothing timestamptz timetz first last next national unbounded preceding following symmetric asymmetric both
    leading trailing
    """
)
"""Words that may stand before a parenthesis without being called, and types with a length."""

READING = _set(
    """
    abs acos acosd acosh age any_value array_agg array_append array_cat array_dims array_fill array_length array_lower
    array_ndims array_position array_positions array_prepend array_remove array_replace array_sample array_shuffle
    array_to_json array_to_string array_upper ascii asin asind asinh atan atan2 atan2d atand atanh avg bit_and
    bit_count bit_length bit_or bit_xor bool_and bool_or bpchar broadcast btrim bytea cardinality cbrt ceil ceiling
    char_length character_length chr cidr clock_timestamp coalesce concat concat_ws convert convert_from convert_to
    corr cos cosd cosh cot cotd count covar_pop covar_samp crypt cume_dist current_database current_schemas date
    date_add date_bin date_part date_subtract date_trunc decode degrees dense_rank digest div encode erf erfc every
    exp extract factorial family first_value float4 float8 floor format format_type gcd gen_random_uuid gen_salt
    generate_series generate_subscripts get_bit get_byte greatest has_any_column_privilege has_column_privilege
    has_database_privilege has_function_privilege has_schema_privilege has_sequence_privilege has_table_privilege
    has_type_privilege hmac host hostmask inet inet_merge inet_same_family initcap int2 int4 int8 isempty isfinite
    json json_agg json_agg_strict json_array json_array_elements json_array_elements_text json_array_length
    json_arrayagg json_build_array json_build_object json_each json_each_text json_exists json_extract_path
    json_extract_path_text json_object json_object_agg json_object_keys json_objectagg json_populate_record
    json_populate_recordset json_query json_scalar json_serialize json_strip_nulls json_table json_to_record
    json_to_recordset json_typeof json_value jsonb jsonb_agg jsonb_array_elements jsonb_array_elements_text
    jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path
    jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_agg jsonb_object_keys jsonb_path_exists
    jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_populate_record
    jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset
    jsonb_typeof justify_days justify_hours justify_interval lag last_value lcm lead least left length levenshtein ln
    log log10 lower lower_inc lower_inf lpad ltrim make_date make_interval make_time make_timestamp make_timestamptz
    masklen max md5 min min_scale mod mode money multirange name netmask network normalize now nth_value ntile nullif
    num_nonnulls num_nulls numnode obj_description col_description octet_length oid overlay parse_ident percent_rank
    percentile_cont percentile_disc pg_char_to_encoding pg_client_encoding pg_column_size pg_database_size
    pg_encoding_to_char pg_function_is_visible pg_get_constraintdef pg_get_expr pg_get_function_arguments
    pg_get_function_identity_arguments pg_get_function_result pg_get_functiondef pg_get_indexdef pg_get_keywords
    pg_get_partkeydef pg_get_ruledef pg_get_serial_sequence pg_get_triggerdef pg_get_userbyid pg_get_viewdef
    pg_indexes_size pg_is_in_recovery pg_opclass_is_visible pg_operator_is_visible pg_relation_size pg_size_pretty
    pg_sleep pg_sleep_for pg_table_is_visible pg_table_size pg_tablespace_size pg_total_relation_size
    pg_type_is_visible pg_typeof phraseto_tsquery pi plainto_tsquery point polygon position pow power quote_ident
    quote_literal quote_nullable radians random random_normal range_agg range_intersect_agg range_merge rank
    regclass regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
    regexp_split_to_table regexp_substr regproc regprocedure regr_avgx regr_avgy regr_count regr_intercept regr_r2
    regr_slope regr_sxx regr_sxy regr_syy regtype repeat replace reverse right round row_number row_to_json rpad rtrim
    scale setweight sha224 sha256 sha384 sha512 shobj_description sign similarity sin sind sinh split_part sqrt
    starts_with statement_timestamp stddev stddev_pop stddev_samp string_agg string_to_array string_to_table strip
    strpos substr substring sum tan tand tanh text timeofday to_ascii to_char to_date to_hex to_json to_jsonb to_number
    to_regclass to_regproc to_regtype to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim
    trim_array trim_scale trunc ts_headline ts_rank ts_rank_cd tsquery tsvector unaccent unicode_assigned unistr unnest
    upper upper_inc upper_inf uuid uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4
    uuid_generate_v5 var_pop var_samp variance version websearch_to_tsquery width_bucket word_similarity xml xmlagg
    xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlparse xmlserialize xmltable xpath xpath_exists
    daterange int4range int8range numrange tsrange tstzrange
    """
)
"""Functions of PostgreSQL and its usual extensions that change nothing and say the same on every server."""

PRIMARY = _set(
    """
    currval current_setting inet_client_addr inet_client_port inet_server_addr inet_server_port lastval nextval setval
    pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_backend_pid pg_blocking_pids pg_cancel_backend
    pg_current_snapshot pg_current_wal_lsn pg_current_xact_id pg_current_xact_id_if_assigned pg_last_wal_receive_lsn
    pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_notify pg_postmaster_start_time pg_reload_conf
    pg_stat_get_activity pg_switch_wal pg_terminate_backend pg_try_advisory_xact_lock
    pg_try_advisory_xact_lock_shared txid_current txid_current_if_assigned txid_current_snapshot txid_status
    """
)
"""Functions for the primary that leave nothing behind in the session."""

PINNING = _set(
    """
    dblink_connect dblink_connect_u pg_advisory_lock pg_advisory_lock_shared pg_try_advisory_lock
    pg_try_advisory_lock_shared set_config setseed
    """
)
"""Functions that leave something behind in the session."""
