-- The lines of some files of the journal, one row per request.
create or replace temp table lines as
select * from read_json($files, format = 'newline_delimited', maximum_object_size = 67108864, columns = {columns})
