%% What file:consult says of texts, for the tests of src/term/text.
-module(consult).
-export([texts/2, files/1]).

%% Reads each text (a binary) as the file named.
texts(File, Texts) ->
    [begin ok = file:write_file(File, Text), read(File) end || Text <- Texts].

files(Files) -> [read(File) || File <- Files].

read(File) ->
    case file:consult(File) of
        {ok, Terms} -> {ok, term_to_binary(Terms)};
        {error, {Line, Module, _}} when is_integer(Line) -> {error, Line, Module};
        %% OTP 28 and 29 have no message for what a float with a base may lack.
        {error, _} -> {error, 0, none}
    end.
