"""Words and identifiers that CS1 programs are made of, by theme."""

from __future__ import annotations

from typing import Final

PEOPLE: Final = (
    "Ana Ben Cara Dan Eva Finn Gita Hugo Iris Jan Kim Leo Mia Nils Omar Pia Quinn Rosa Sam "
    "Tom Uma Vera Will Xena Yan Zoe Alice Bob Carol Dave Emma Noah Olivia Liam Maya Lucas "
    "Sara Tim Ravi Mei Ada Grace Alan Linus"
).split()
WORDS: Final = (
    "apple banana cherry grape lemon mango melon orange peach pear plum kiwi fig bread milk "
    "cheese rice tea coffee juice egg salt sugar soup cake pizza cat dog bird fish horse "
    "rabbit tiger lion zebra fox wolf bear frog ant bee red green blue yellow black white "
    "pink gray gold sun moon star sky rain snow wind cloud storm sea river lake hill tree "
    "leaf flower rose stone sand fire ice book pen desk chair lamp door key box bag cup hat "
    "coat shoe ring coin map sword shield potion arrow bow gem hero dragon castle level score "
    "player game dice card king queen knight rook pawn hello world python code loop list data "
    "file test exam grade class school math art music sport north south east west spring "
    "summer autumn winter day night morning noon week month year hour alpha beta gamma delta "
    "omega one two three four five six seven eight nine ten zero level noon radar racecar "
    "kayak civic madam mississippi strawberry programming computer keyboard banana hi ok yes "
    "no up down left right on off go stop start end open close hot cold warm big small fast "
    "slow new old happy sad quick lazy brown bold kind tall short long round flat"
).split()
LITTLE_WORDS: Final = ("a", "the", "is", "and", "of", "to", "in", "I", "my", "not")

# Names of variables by what they hold.
INT_NAMES: Final = (
    "x y z a b c n m k p q i j num number value total count result limit age size width "
    "height length score points level lives health gold coins price cost amount quantity "
    "stock year month day hours minutes seconds days step index start end low high first "
    "second third left right top speed distance mass temp temperature balance deposit tax "
    "rate base power side area perimeter attempts tries rounds wins losses max_score min_age "
    "num_items item_count total_cost seat_count numApples totalPoints maxValue currentLevel "
    "n1 n2 x1 x2 var1 tmp answer guess remainder quotient offset factor divisor dividend "
    "cents dollars change bonus damage energy population votes grade"
).split()
FLOAT_NAMES: Final = (
    "price cost total average avg mean rate ratio temp weight height_m distance_km speed_kmh "
    "tax tip discount balance x y f r radius area half fraction percent unit_price subtotal "
    "celsius dose mass"
).split()
STR_NAMES: Final = (
    "s t u w text word name message msg line title greeting first_name last_name city country "
    "color fruit animal item label code key letter ch sentence phrase password user username "
    "userName answer command reply prefix suffix part raw data token result out output s1 s2 "
    "str1 txt email weapon player hero planet element symbol language subject"
).split()
BOOL_NAMES: Final = (
    "ok done found flag is_valid is_open ready active passed has_key finished is_even valid "
    "enabled visible isReady won raining is_member check result success logged_in equal same"
).split()
INT_LIST_NAMES: Final = (
    "nums numbers xs ys values data scores grades marks ages prices temps a b lst items arr "
    "sizes points results counts heights weights readings steps sales list1 list2 my_list "
    "total_list evens odds primes levels row votes rolls"
).split()
STR_LIST_NAMES: Final = (
    "words names items fruits animals colors cities players letters tokens parts lines "
    "students guests queue stack cart tasks things labels inventory team friends menu days "
    "planets ws lst"
).split()
DICT_NAMES: Final = (
    "d scores ages prices stock counts inventory grades points info person table lookup data "
    "record phone_book config settings totals freq student mapping cart votes budget"
).split()
SET_NAMES: Final = (
    "s seen unique a b evens odds primes numbers group1 group2 tags chosen left right".split()
)
TUPLE_NAMES: Final = (
    "t point pair coords pos position rgb size record limits p q span range_ date item".split()
)
FUNCTION_NAMES: Final = (
    "f g h compute calculate check process update transform helper combine convert apply "
    "measure total_of score_for find_best get_value make_result do_step adjust evaluate work "
    "solve test get_total calcTotal nextValue is_good pick show report handle step run_once "
    "simplify shrink"
).split()
ITEM_NAMES: Final = "x item n value v num e el element i k val".split()
TEXT_ITEM_NAMES: Final = "c ch letter char w word name item s x".split()
COMMENTS: Final = (
    "setup",
    "start here",
    "now the loop",
    "check the result",
    "TODO: rename this",
    "show it",
    "what happens here?",
    "step 1",
    "step 2",
    "keep track",
    "main part",
    "test values",
    "helper",
    "should be ok",
    "be careful with the edge",
    "first the easy case",
    "count up",
    "remember the old value",
    "print for debugging",
    "this changes every time",
    "example from class",
    "exercise 3",
    "edge case",
    "not sure about this",
    "update",
    "done",
    "walk through the data",
    "prepare the data",
)
