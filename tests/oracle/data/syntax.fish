# Lines for test_syntax.py: a newline is written \n, a backslash \\.
echo "a
if true
ls |
echo (
echo $(
echo {a
echo $a[1
a and
and
and and
not
begin
end
a &&
a && |
echo >
( ls
for
for i
for i in
for i in; 
function
function f
switch
switch a
switch a b
case
ls & &
echo $
else
echo 2>
while
if
begin; 
begin echo
begin; end
time
time ls
ls ^a
A=1
A=1 
A=1 &&
A=1 ls
!
! 
$x
"$x"
echo )
echo }
echo "$(
echo "a$(b
echo (if
echo (ls |)
echo (ls |
if ls; else
if ls; else if
if a; else b; else c; end
if a; else b; else if c; end
&& ls
| ls
; ls
;
&
ls &; ls
ls &| cat
ls &>f
ls &>>f
ls &>?f
ls >?f
ls >| cat
ls 2>| cat
ls 2>&1
ls 2>& 
ls >&
ls >&-
ls <f >g
ls <
<f
<f ls
>f ls
ls |& cat
ls || cat
ls ||
ls | | cat
ls; and
ls; and cat
ls; or
ls &; and cat
if a &; end
while a; b
while a; b; end
begin; a; end | b
begin; a; end &
begin; a; end b
if a; end b
if a; end >b
function f; end; end
switch a; case b; c; end
switch a\ncase b\nc\nend
switch a; b; end
switch a; case; end
case a
command ls
command
builtin
exec
exec ls
command if
not if a; end
not not ls
! ! ls
time not ls
not time ls
end end
if end
begin end
begin; end end
echo a\\n b
echo 'a\\'
echo "a\\"
echo 'a
echo [
echo ]
echo a[1
echo a[1]
echo $a[
echo $a[]
echo $a[1]
echo "$a[1"
echo $$a
echo $a$
echo "$"
echo "$a $"
echo $-
echo ${a}
echo "${a}"
echo {a,b
echo {a,b}
echo {}
echo {a,{b,c}}
echo a,b}
echo {a b}
echo {a (ls) b}
echo {a;b}
echo {a\nb}
echo (ls
echo (ls)
echo (ls))
echo ()
echo $()
echo a(b)c
echo (a;b)
echo (a | )
(ls)
$(ls)
a(ls) b
echo (ls)[1]
echo (ls)[1
echo (ls)[
echo $(ls)[1..2]
echo "$(ls)[1"
echo "$(ls)[1]"
echo %self
echo ~
echo *
echo **
echo ?
echo #
echo a#b
#a
# a
ls # a
ls #a |
ls | #a
ls | # a\ncat
ls |\ncat
ls && \n cat
ls\n&& cat
ls\n| cat
ls;\n;and cat
a \\n b
"a\nb"
for i in 1 2 3; echo
for i in 1 2; echo $i; end
for i 1
for $i in a
for i in a; 
for i in (ls); a; end
for i in |
for 1 in a; end
for a-b in a; end
function f --on-event
function 'f
function f; begin; end
function if; end
function $a; end
return
break
continue
while true; break; end
while true; continue; end
if break; end
begin; break; end
while a; if b; break; end; end
function f; break; end
while a; function f; break; end; end
echo a b=c
set a=b
a=b c=d ls
a=(ls) b
a= ls
1a=b ls
a-b=c ls
if=b ls
if --help
begin --help
while -h
for --help
for -h
not --help
and --help
function --help
switch --help
case --help
end --help
if -x
begin -x
and -x
[ a ]
[ a
test a
[[ a ]]
{ ls; }
{ ls
foo } 
fi
done
if [ a ]; then; end
export a=b
a&b
a&&b
a||b
a|b
a;b
a>b
a<b
a^b
a!b
!a
! a
or
or a
and a
a & b
a & 
a &\n
"if" a
'if'
if\\ a
\\if a
if a; "end"
if a; end'
begin;begin;end
begin;begin;end;end
if a;begin;end;else;end
1>a
echo 1>a 2>b
echo a1>b
echo 3>&1 1
echo > >a
echo > |
echo >;
echo > &
echo > (
echo >(ls)
echo <(ls)
echo < a b
cat <<E
cat <<<E
echo >$a
echo >$a[1
echo a\\ 
echo \\0
echo 'a' "b
echo "a'b
a | command b
a | begin; b; end
a | if b; end
a | while read; b
a | for i in 1; end
a | function
a | and b
a | not b
a | time b
a | ! b
not a | b
a && not b
a && and b
a && begin
a && if b
a && end
a; end
) 
)a
a ) b
a (b
a (b "
a (b "c)
a (b "c)"
a (b 'c)') d
a (b # c) d
a (b # c\n) d
(
$
$a
$(
"
'
{
}
[
]
%
^
~
@
=
.
,
:
/
-
--
-a
*
?
echo [ (a
echo (a[1)
and; ls
and\nls
or\n
not; a
not\na
if\na
if; a
while\na; end
switch 'a
for 'i
for i in 'a
if 'a
case 'a
a; case 'a
if a &
if a & ; end
if a & \n end
while a &
if a; b & ; end
if a; and b &; end
if a; and b & c; end
if a && b &; end
begin a & end
begin; a & end
a=b "x
a=b
a=b;
a=b | c
a=b > c
a= | c
function f >x; end
for i in a >b; end
switch a >b; end
switch a;; case b; end
switch a;\n\ncase b; end
switch a\n b
switch a; case b c d; e; case; f; end
switch a; case b >c; end
switch a; else; end
if a; case b; end
if a; else b; end
if a; else; b
if a; else & b; end
if a; else | b; end
if a; else if b; else if c; else; end
if a; else\nif b; end; end
if a;\n;else; end
if a;\n;else if b; end
begin; end; end
begin end a
begin;end > f
begin;end > f < g
begin;end 2>&1 | a
begin;end && a
begin;end a && b
if a; end; b
a | not
a | not | b
not | b
time | b
time; b
a && time b
a || time b
command | a
command; a
command -v a
command (a)
command $a
builtin echo
time if a; end
time begin; end
not time if a; end
not a=b c
a=b not c
a=b time c
time a=b c
a=b if c; end
a=b and c
and and c
and a=b c
and not c
and time c
not and c
not or
or or
or | a
or & a
or && a
and &
if and; end
if and a; end
if or
while not
not -x
begin -h
begin a; -h; end
begin ;; a; end
begin | a
begin & a
begin && a
begin >f; end
begin a >f; end
if a; >f; end
if >f; end
a | >f
a && >f b
a >f b
a >f >g h
a >
a > 'b
a > (b
a >\nb
a > # c
a > \\\n b
a &> b
a &>| b
a &| b
a &>> b
a &>? b
a &>& b
a >>| b
a >>? b
a 0>| b
a 2>| b
a 2| b
a 2&> b
a 2< b
a <& 3
a <? 3
a << 3
a >> >b
a 99999999999> b
a |& b
a | & b
a |
a ||
a || |
a &&&
a && & b
a & && b
a & | b
a & ; b
a;& b
a; | b
a\n; b
a | \n\n b
a | ; b
a && \n\n b
a && ; b
a && # c\n b
a\\\nb
a \\\n| b
a | \\\n b
echo $a$b
echo $a.b
echo $.
echo "$."
echo '$.'
echo $"a"
echo $'a'
echo "$"a
echo "$'"
echo $\\a
echo "\\$"
echo \\$
echo $$
echo $é
echo $a[$b[1]]
echo $a[(ls)]
echo $a["1"]
echo $a[(ls
echo $a[1](ls
echo $a['
echo $a[1][2]
echo $a [1]
echo [1
echo a]
echo a[
echo a[ b
echo a[ b ]
echo a[;b]
echo {a,b[1}
echo {a,(b})
echo {a)
echo (a})
echo (a{)
echo {(a}
echo {(a)
echo {{}}
echo {"}
echo {"}"}
echo {\\}
echo {#}
echo {a #b\n}
echo (a #b)
echo (#b)
echo (#b\n)
echo ( # a ' b \n)
echo "(a"
echo "$(a"
echo "$(a "b" c)"
echo "$(a "b)"
echo "$(a 'b)')"
echo "$(a)
echo "$(a) $"
echo "$(if)"
echo "$(if a)"
echo $(if a)
echo (if a)
echo (end)
echo (break)
while a; echo (break); end
echo (a &)
echo (a |)
echo (a; b; c | d)
echo (begin; a; end)
echo (function f; a; end)
while a; break; end
for i in a; continue; end
while a; begin; break; end; end
while break; end
break --help
continue -h
break a
command break
builtin break
a | break
(a) b
a(b) c
$(a) b
"$(a)" b
"a(b)"
a=(b) c
a="$(b)" c
if (a); end
not (a)
a | (b)
$a b
$a(b)
{a,b} c
{a b
if{a}
"if" a; end
i"f" a; end
'if' a; end
i\\f a; end
"end"
begin; "end"
begin; en\\d
begin; e'n'd
"begin"
"not" a
'!' a
! a; b
if! a; end
if !a; end
a;end#b
begin;end#b
begin;end #b
a # b\nend
begin # c\nend
if a # c\nend
function f # c\nend
for i in a # c\nend
switch a # c\ncase b # c\nend
if # c
if # c\na; end
function # c
function f --on-event 'a
function f -a b c\n d\nend
function f; return; end
function f g; end
function -f; end
function -h; 
function "f"; end
function (f); end
function end; end
for i in; end
for i in a b
for in in a; end
for i IN a; end
for i in a | b
for i in a && b
for i in a & b
for i in a\n b
for i;
for;
for | a
for -a
for i "in" a; end
switch;
switch | a
switch &
switch a |
switch a & 
switch a &&
switch a; end
switch a; case
switch a; case b
switch a; case b; end; end
while;
while a
while a;
while a | b; c
while a; and b; c; end
while a; or b
while |
while &
a;;;;b
\n\na\n\n
a\\r\nb
;;
 ; 
a ;b; ;
if a &; b; end
if a &; b
if a & b
if a & b; end
while a & b; end
while a &; b; end
if a; else if b &; end
begin; a &; and b; end
a &; and b
a & and b
a & or b
a & not b
a &; a=b and c
a &;;\n\n and b
a & and b; begin
a &; begin; and b; end
not a &; and b
a | b &; and c
a && b &; and c
begin; a; end &; and c
while true; b &; or c; end
begin; echo (end)
begin; break
begin; (a)
begin; echo $
begin; echo (if a)
if a; end b; begin
begin; echo $(
