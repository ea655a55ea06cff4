create or replace function content.text_search_configuration(language_code text) returns regconfig
language sql immutable parallel safe as $$
    select case language_code
        when 'ar' then 'arabic'::regconfig when 'da' then 'danish' when 'de' then 'german' when 'el' then 'greek'
        when 'en' then 'english' when 'es' then 'spanish' when 'fi' then 'finnish' when 'fr' then 'french'
        when 'hi' then 'hindi' when 'hu' then 'hungarian' when 'hy' then 'armenian' when 'id' then 'indonesian'
        when 'it' then 'italian' when 'lt' then 'lithuanian' when 'nl' then 'dutch' when 'no' then 'norwegian'
        when 'pt' then 'portuguese' when 'ro' then 'romanian' when 'ru' then 'russian' when 'sr' then 'serbian'
        when 'sv' then 'swedish' when 'ta' then 'tamil' when 'tr' then 'turkish'
        else 'simple'
    end
$$;
comment on function content.text_search_configuration is
'The configuration that knows the stems of a language; the one that takes words as they are for any other.';
