%% What beam_lib says of every BEAM file of an installation; what is large as an MD5 of its text.
-module(survey).
-export([all/0]).

all() ->
    [one(File) || File <- filelib:wildcard(code:root_dir() ++ "/lib/*/ebin/*.beam")].

one(File) ->
    {ok, Bin} = file:read_file(File),
    {ok, {_, MD5}} = beam_lib:md5(Bin),
    {ok, {_, Stripped}} = beam_lib:strip(Bin),
    Ids = [attributes, compile_info, labeled_exports, imports, labeled_locals],
    {ok, {Module, Chunks}} = beam_lib:chunks(Bin, Ids),
    [Attributes, Info, Exports, Imports, Locals] = [Chunk || {_, Chunk} <- Chunks],
    [list_to_binary(File), atom_to_binary(Module), MD5, erlang:md5(zlib:gunzip(Stripped)),
     text(Exports), text(Imports), text(Locals), Attributes, Info].

text(Tuples) ->
    erlang:md5([[[word(Word), $\s] || Word <- tuple_to_list(Tuple)] || Tuple <- Tuples]).

word(Word) when is_atom(Word) -> atom_to_binary(Word);
word(Word) -> integer_to_binary(Word).
