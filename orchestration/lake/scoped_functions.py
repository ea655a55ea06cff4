"""Functions of DuckDB that say nothing but what their arguments say: questions of strangers may use them.

Left out are those that read files, settings, the environment, the catalogue or statistics of whole tables, and
those that run SQL or change something; and those that work for minutes, or make gigabytes, of one short value, where
DuckDB neither counts memory nor looks whether it is to end (``range``, which is a table too; ``repeat``,
``levenshtein``, ``list_reduce``). Aggregates need no place here, since each sees only the rows that it is given.
"""

TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})

NAMES = """
    ! !__postfix !~~ !~~* % & * ** + - -> ->> / // << <@ >> @> ^@ | || ~ ~~ ~~* ~~~

    abs add bit_count cbrt ceil ceiling cos degrees divide even exp factorial fdiv floor fmod gcd greatest isfinite
    isinf isnan lcm least ln log log10 log2 mod multiply nullif pi pow power radians round round_even sign sin sqrt
    subtract tan trunc xor

    ascii bit_length char_length character_length chr concat concat_ws contains decode encode ends_with format
    from_base64 from_hex hash hex ilike_escape instr jaccard jaro_winkler_similarity lcase left length
    like_escape lower lpad ltrim md5 nfc_normalize not_ilike_escape not_like_escape octet_length ord position prefix
    printf regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace
    regexp_split_to_array replace reverse right rpad rtrim sha1 sha256 split split_part starts_with str_split
    string_split string_split_regex string_to_array strip_accents strlen strpos substr substring suffix to_base64
    to_hex translate trim ucase unhex upper url_decode url_encode

    age century current_date current_timestamp date_add date_diff date_part date_sub date_trunc datediff datepart
    datesub datetrunc day dayname dayofmonth dayofweek dayofyear days_in_month decade epoch epoch_ms epoch_us
    extract hour isodow isoyear last_day make_date make_time make_timestamp make_timestamptz minute month monthname
    now quarter second strftime strptime time_bucket timezone to_days to_hours to_milliseconds to_minutes to_months
    to_seconds to_timestamp to_weeks to_years today try_strptime week weekday year yearweek

    array_agg array_contains array_extract array_length array_slice array_to_string array_value cardinality coalesce
    element_at flatten json_array json_array_length json_exists json_extract json_extract_path
    json_extract_path_text json_extract_string json_keys json_object json_type json_valid len list_aggregate
    list_append list_avg list_concat list_contains list_count list_distinct list_element list_extract list_filter
    list_has_all list_has_any list_max list_min list_pack list_position list_prepend list_reverse_sort
    list_slice list_sort list_sum list_transform list_unique list_value list_zip map map_entries map_extract
    map_from_entries map_keys map_values row row_to_json struct_extract struct_extract_at struct_pack to_json
    typeof union_extract unnest

    cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense
    row_number
    """
FUNCTIONS = frozenset(NAMES.split())
