%% Generates terms of all kinds for the tests of src/term; the same seed gives the same terms.
-module(terms).
-export([generate/3]).

%% Profile: all      everything that the external format has
%%          printed  without what prints differently on the node that it came from: identifiers of other nodes
%%          literal  what can be written in a term file
%%          data     no funs, and no identifiers of the node itself
generate(Profile, Seed, Count) ->
    put(profile, Profile),
    _ = rand:seed(exsss, {Seed, Seed, Seed}),
    [term(size()) || _ <- lists:seq(1, Count)].

size() -> pick([0, 1, 3, 5, 10, 20, 40, 60]).

term(Size) when Size =< 0 -> scalar();
term(Size) ->
    case rand:uniform(12) of
        N when N =< 4 -> list(parts(Size - 1));
        N when N =< 7 -> list_to_tuple(parts(Size - 1));
        N when N =< 9 -> list_to_tuple([plain_atom() | parts(Size - 2)]);
        10 -> map(parts(Size - 1));
        11 -> improper(parts(Size - 1));
        12 -> scalar()
    end.

parts(Size) when Size =< 0 -> [];
parts(Size) ->
    Part = rand:uniform(Size),
    [term(Part - 1) | parts(Size - Part)].

list(Parts) ->
    case rand:uniform(4) of
        1 -> [scalar_like(hd(Parts ++ [a])) || _ <- lists:seq(1, rand:uniform(30))];
        _ -> Parts
    end.

scalar_like(T) when is_integer(T) -> integer();
scalar_like(T) when is_float(T) -> float();
scalar_like(T) when is_atom(T) -> atom();
scalar_like(_) -> scalar().

improper([]) -> [];
improper([T]) when is_list(T) -> [T];
improper([T]) -> [T | T];
improper([H | T]) ->
    case lists:last(T) of
        Last when is_list(Last) -> [H | T];
        Last -> [H | lists:droplast(T)] ++ Last
    end.

map([K, V | Rest]) -> (map(Rest))#{K => V};
map(_) -> #{}.

scalar() ->
    case rand:uniform(12) of
        1 -> integer();
        2 -> rand:uniform(300) - 20;
        3 -> float();
        4 -> atom();
        5 -> plain_atom();
        6 -> string();
        7 -> binary();
        8 -> bitstring();
        9 -> text_binary();
        10 -> special(get(profile));
        11 -> pick([[], {}, #{}, <<>>, "", 0, '']);
        12 -> [rand:uniform(256) - 1 || _ <- lists:seq(1, rand:uniform(6))]
    end.

integer() ->
    Bits = pick([4, 8, 9, 16, 31, 32, 33, 52, 53, 54, 59, 60, 61, 63, 64, 65, 128, 2040, 2041, 2100]),
    Edge = pick([0, -1, 1, 1 bsl Bits, (1 bsl Bits) - 1, -(1 bsl Bits), -(1 bsl Bits) - 1]),
    pick([Edge, rand:uniform(1 bsl Bits), -rand:uniform(1 bsl Bits)]).

float() ->
    case rand:uniform(5) of
        1 -> pick([0.0, -0.0, 1.0, 0.1, 1.0e5, 100000.0, 1.0e-5, 9007199254740992.0, 9007199254740991.0,
                   1.7976931348623157e308, 5.0e-324, 2.2250738585072014e-308, 1.0e22, 1.0e23, 123456789.125]);
        2 -> rand:uniform() * math:pow(10, rand:uniform(40) - 20);
        3 -> float(rand:uniform(1 bsl rand:uniform(60)));
        4 -> (rand:uniform(2000) - 1000) / pick([1, 2, 10, 100, 1000, 100000000]);
        5 -> bits_float()
    end.

bits_float() ->
    try <<F/float>> = <<(rand:uniform(1 bsl 64) - 1):64>>, F
    catch error:{badmatch, _} -> 1.5
    end.

plain_atom() ->
    list_to_atom([$a + rand:uniform(26) - 1 | [pick("abcdexyz_@AZ019") || _ <- lists:seq(1, rand:uniform(pick([3, 6, 12, 30])))]]).

atom() ->
    case rand:uniform(6) of
        1 -> pick(['', 'after', 'fun', 'maybe', 'else', 'let', ok, undefined, true, false, 'Upper', '_x', '1a', 'a b',
                   'a\'b', 'a\\b', 'a\nb', '\d', '\e\b\f\v\t\r', 'a"b', 'ÿx', 'ß', 'a÷', 'å@_Å', 
                   list_to_atom([$a, 0]),
                   list_to_atom([128]), list_to_atom([159, 160, 173]), list_to_atom([0, 1, 31])]);
        2 -> list_to_atom([character(latin1) || _ <- lists:seq(1, rand:uniform(8))]);
        3 -> list_to_atom([character(unicode) || _ <- lists:seq(1, rand:uniform(8))]);
        4 -> list_to_atom(lists:duplicate(pick([1, 63, 64, 127, 128, 255]), pick([$a, 228, 16#3A9, 16#20AC, 16#1F600])));
        _ -> plain_atom()
    end.

string() ->
    Range = pick([ascii, ascii, latin1, unicode, control]),
    [character(Range) || _ <- lists:seq(1, rand:uniform(pick([3, 10, 60, 120])))].

text_binary() ->
    Text = string(),
    case rand:uniform(3) of
        1 -> << <<(C band 255)>> || C <- Text >>;
        2 -> unicode:characters_to_binary(Text);
        3 -> << <<C/utf8>> || C <- string() >>
    end.

character(ascii) -> 31 + rand:uniform(95);
character(control) -> pick([$\n, $\t, $\e, $\r, $\v, $\f, $\b, 127, $", $\\, $', $a, $z, 128, 160]);
character(latin1) -> pick([31 + rand:uniform(95), 159 + rand:uniform(96), rand:uniform(256) - 1]);
character(unicode) ->
    pick([31 + rand:uniform(95), 159 + rand:uniform(96), 255 + rand:uniform(1000), 16#3A9, 16#20AC, 16#1F600, 16#FFFD,
          16#E000, 16#D7FF, 16#10FFFF, 16#300]).

binary() -> rand:bytes(rand:uniform(pick([1, 5, 20, 100])) - 1).

bitstring() ->
    Bits = rand:uniform(pick([8, 30, 200])),
    <<(rand:uniform(1 bsl Bits) - 1):Bits>>.

special(literal) -> fun_of_module();
special(data) -> foreign(rand:uniform(3));
special(Profile) ->
    case rand:uniform(6) of
        1 -> fun_of_module();
        2 -> list_to_pid("<0." ++ integer_to_list(rand:uniform(32000)) ++ ".0>");
        3 -> make_ref();
        4 -> hd(erlang:ports());
        5 -> local_fun(rand:uniform(3));
        6 when Profile =:= printed -> list_to_ref("#Ref<0.1.2.3>");
        6 -> foreign(rand:uniform(3))
    end.

fun_of_module() ->
    %% OTP prints names beyond ASCII as the latin1 reading of their UTF-8, and reserved words without quotes.
    Name = case get(profile) of
        all -> fun atom/0;
        _ -> fun() -> pick([plain_atom(), 'a b', 'A', '', 'it\'s', 'a\nb']) end
    end,
    erlang:make_fun(Name(), Name(), rand:uniform(256) - 1).

local_fun(1) -> fun(X) -> X end;
local_fun(2) -> Free = {a, rand:uniform(100)}, fun() -> Free end;
local_fun(3) ->
    {ok, Tokens, _} = erl_scan:string("fun(X) -> X end."),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    {value, Fun, _} = erl_eval:exprs(Expressions, []),
    Fun.

%% Identifiers of other nodes, in the forms that a node sends.
foreign(1) -> external(<<88, (node_name())/binary, (word()):32, (word()):32, (word()):32>>);
foreign(2) -> external(<<120, (node_name())/binary, (rand:uniform(1 bsl pick([8, 27, 28, 40])) - 1):64, (word()):32>>);
foreign(3) ->
    Words = rand:uniform(5),
    external(<<90, Words:16, (node_name())/binary, (word()):32, << <<(word()):32>> || _ <- lists:seq(1, Words) >>/binary>>).

external(Bytes) -> binary_to_term(<<131, Bytes/binary>>).

node_name() -> pick([<<119, 3, "a@b">>, <<119, 3, "b@b">>, <<119, 4, "x@", 195, 164>>]).

%% Up to 28 bits: old nodes take no more everywhere.
word() -> pick([0, 1, rand:uniform(1 bsl 28) - 1, rand:uniform(1000)]).

pick(List) -> lists:nth(rand:uniform(length(List)), List).
