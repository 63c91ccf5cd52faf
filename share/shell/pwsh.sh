# pwsh.sh: PowerShell 7; on Windows also Windows PowerShell 5.1.

#: start
# PowerShell runs what -Command says behind the profile. It comes in a variable: arguments are
# for everybody to read.
__tt_hooks="\$global:__tt = @{ n = '$__tt_nonce'; want = '$__tt_want' }
$__tt_text"
__tt_dir=$([ "$__tt_cd" = : ] || { eval "$__tt_cd" && pwd; } 2>/dev/null)
export __tt_hooks __tt_dir
# (Its own -Login is this very thing, but fails where it was installed as a tool of dotnet's.)
__tt_p=
[ "$__tt_profile" = 1 ] || __tt_p=-NoProfile
exec sh $__tt_l -c 'exec "$0" "$@"' "$SHELL" -NoLogo $__tt_p -NoExit \
    -Command '. ([scriptblock]::Create($env:__tt_hooks))'

#: loader
# Windows has no sh, and its sshd takes short commands only: this is all that is in the command.
# $t is the one-time token, $__tt.want is set. It announces the session and reads the rest.
$b = New-Object byte[] 16
[System.Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($b)
# (What is read shall be neither shown nor cut into lines.)
[Console]::TreatControlCAsInput = $true
$__tt.n = -join ($b | ForEach-Object { $_.ToString('x2') })
[Console]::Write([char]27 + "]7770;$t;N;$($__tt.n);pwsh!;0;" + [Environment]::UserName +
    ';pwsh;' + [Environment]::MachineName + [char]7)
$b = New-Object System.Text.StringBuilder
while (($c = [Console]::ReadKey($true).KeyChar) -notin "`r", "`n") { [void]$b.Append($c) }
[Console]::TreatControlCAsInput = $false
. ([scriptblock]::Create([uri]::UnescapeDataString($b)))

#: fields
# As in bash.sh.
function global:__tt_git {
    [System.Diagnostics.DebuggerHidden()]param()
    for ($d = $PWD.ProviderPath; $d; $d = [System.IO.Path]::GetDirectoryName($d)) {
        $g = [System.IO.Path]::Combine($d, '.git')
        if ([System.IO.File]::Exists($g)) {
            $to = [System.IO.File]::ReadAllText($g) -replace '^gitdir: ' -replace '\s+$'
            $g = [System.IO.Path]::Combine($d, $to)
        }
        $g = [System.IO.Path]::Combine($g, 'HEAD')
        if ([System.IO.File]::Exists($g)) {
            $h = [System.IO.File]::ReadAllText($g).Trim()
            if ($h -match '^[0-9a-f]{40}') { return $h.Substring(0, 7) }
            return $h -replace '^ref: (refs/heads/)?'
        }
    }
}
function global:__tt_fields {
    [System.Diagnostics.DebuggerHidden()]param()
    foreach ($f in $__tt.want.Split(' ')) {
        $r = switch ($f) {
            home { $HOME }
            git { __tt_git }
            jobs { @(Get-Job -State Running).Count }
            venv { "$env:VIRTUAL_ENV$(if (!$env:VIRTUAL_ENV) { $env:CONDA_DEFAULT_ENV })" -replace '^.*[/\\]' }
        }
        __tt_mark "V;$f;$("$r" -replace '[\x00-\x1f\x7f]', '?')"
    }
}

#: nested
$global:__tt = @{ n = 'NONCE'; want = 'WANT' }
# The lines that were typed leave the history's file now, and PowerShell's own list once they have
# run, which is at the first prompt. (PSReadLine lets nothing out of its memory.)
& {
    try {
        $file = (Get-PSReadLineOption).HistorySavePath
        $rows = [System.IO.File]::ReadAllText($file)
        if ($rows.Contains('TOKEN')) {
            [System.IO.File]::WriteAllText($file, ($rows -replace '(?m)^.*TOKEN.*\n'))
        }
    } catch { }
}
$__tt.theirs = $function:prompt
function global:prompt {
    [System.Diagnostics.DebuggerHidden()]param()
    Get-History | Where-Object CommandLine -Like '*TOKEN*' | ForEach-Object { Clear-History -Id $_.Id }
    $__tt.prompt = $__tt.theirs
    & $__tt.prompt
}

#: hooks
# $__tt.n is the nonce, $__tt.want as in boot.sh. PowerShell has one hook before a prompt, the function `prompt`, and one
# that reads a line, PSConsoleHostReadLine. Ours reads no keys of the person's but what was
# typed ahead; it reads orders:
#   Ctrl-X LETTER, and for s, c, l and h a text, percent-coded, and Enter
if ($env:__tt_dir) { Set-Location -LiteralPath $env:__tt_dir -ErrorAction Ignore }
Remove-Item Env:__tt_hooks, Env:__tt_dir -ErrorAction Ignore
# Windows' console before Windows 11 24H2.
$__tt.old = $env:OS -eq 'Windows_NT' -and [Environment]::OSVersion.Version.Build -lt 26100

# A mark: __tt_mark LETTER[;DATA]
function global:__tt_mark {
    [System.Diagnostics.DebuggerHidden()]param($text)
    $begin = [char]27 + ']7770;' + $__tt.n + ';'
    # (That drops what is longer than 256 characters: + is for a part of the data.)
    if ($text.Length -gt 150 -and $__tt.old) {
        $head = $text.Substring(0, 2)
        for ($i = 2; $i + 150 -lt $text.Length; $i += 150) {
            [Console]::Write($begin + '+;' + $text.Substring($i, 150) + [char]7)
        }
        $text = $head + $text.Substring($i)
    }
    [Console]::Write($begin + $text + [char]7)
}
# Controls and '%' are percent-coded.
function global:__tt_code {
    [System.Diagnostics.DebuggerHidden()]param($text)
    if ($text -notmatch '[\x00-\x1f\x7f-\x9f%]') { return $text }
    [regex]::Replace($text, '[\x00-\x1f\x7f-\x9f%]', { param($m) [uri]::EscapeDataString($m.Value) })
}
function global:__tt_text {
    [System.Diagnostics.DebuggerHidden()]param()
    $b = [System.Text.StringBuilder]::new()
    while (($c = [Console]::ReadKey($true).KeyChar) -notin "`r", "`n") { [void]$b.Append($c) }
    [uri]::UnescapeDataString($b)
}
# What a native command returned, if that is what has failed; else 1.
function global:__tt_status {
    [System.Diagnostics.DebuggerHidden()]param($ok)
    if ($ok) { return 0 }
    $e = if ($global:Error.Count) { $global:Error[0] }
    $new = $e -and ![object]::ReferenceEquals($e, $__tt.error)
    if ($new -and $e.FullyQualifiedErrorId -ne 'ProgramExitedWithNonZeroCode') { return 1 }
    $code = $global:LASTEXITCODE
    $last = Get-History -Count 1
    # (Windows: Ctrl-C, and other numbers that no status has.)
    if ($code -eq -1073741510 -or "$($last.ExecutionStatus)" -eq 'Stopped') { return 130 }
    if ($code -lt 0) { 255 } elseif ($code) { $code } else { 1 }
}

# The hooks are put back where the person, a prompt framework or a module has set its own.
function global:__tt_hook {
    [System.Diagnostics.DebuggerHidden()]param()
    if ("$function:prompt" -notlike '*__tt_prompt*') {
        $__tt.prompt = $function:prompt
        $function:global:prompt = { [System.Diagnostics.DebuggerHidden()]param() __tt_prompt $? }
    }
    if ("$function:PSConsoleHostReadLine" -notlike '*__tt_read*') {
        $__tt.read = $function:PSConsoleHostReadLine
        $function:global:PSConsoleHostReadLine = { [System.Diagnostics.DebuggerHidden()]param() __tt_read $? }
    }
}
function global:__tt_prompt {
    [System.Diagnostics.DebuggerHidden()]param($ok)
    Set-StrictMode -Off
    __tt_hook
    __tt_mark "D;$(__tt_status $ok)"
    __tt_mark A
    $__tt.drawn = $true
    # Their prompt finds $? as it was.
    if (!$ok) { Write-Error . -ErrorAction Ignore }
    # (The old console would show it behind its marks.)
    if ($__tt.old) { [void](& $__tt.prompt); ' ' } else { & $__tt.prompt }
}

# The line editor of PowerShell's own, with a line in it. It gives the line back on Ctrl-X t.
function global:__tt_edit {
    [System.Diagnostics.DebuggerHidden()]param($ok, $text)
    $__tt.line = $text
    $__tt.back = $false
    [Console]::Write("`r$(& $__tt.prompt)")
    [Console]::TreatControlCAsInput = $false
    if (!$ok) { Write-Error . -ErrorAction Ignore }
    & $__tt.read
}
function global:__tt_keys {
    [System.Diagnostics.DebuggerHidden()]param()
    Set-PSReadLineKeyHandler -Chord 'Ctrl+x,i' -ScriptBlock {
        [Microsoft.PowerShell.PSConsoleReadLine]::Insert($__tt.line)
    }
    Set-PSReadLineKeyHandler -Chord 'Ctrl+x,e' -ScriptBlock {
        [Microsoft.PowerShell.PSConsoleReadLine]::ViEditVisually()
        [Microsoft.PowerShell.PSConsoleReadLine]::AcceptLine()
    }
    Set-PSReadLineKeyHandler -Chord 'Ctrl+x,t' -ScriptBlock {
        $line = $null
        $cursor = 0
        [Microsoft.PowerShell.PSConsoleReadLine]::GetBufferState([ref]$line, [ref]$cursor)
        $__tt.back = $true
        $__tt.line = $line
        [Microsoft.PowerShell.PSConsoleReadLine]::RevertLine()
        [Microsoft.PowerShell.PSConsoleReadLine]::AcceptLine()
    }
}

# A line enters PSReadLine's history; before its first own line it takes none, but its file does.
function global:__tt_keep {
    [System.Diagnostics.DebuggerHidden()]param($line)
    try { return [Microsoft.PowerShell.PSConsoleReadLine]::AddToHistory($line) } catch { }
    $o = Get-PSReadLineOption
    $to = if ($o.AddToHistoryHandler) { $o.AddToHistoryHandler.Invoke($line) } else { $true }
    if ("$($o.HistorySaveStyle)" -eq 'SaveIncrementally' -and "$to" -in 'True', 'MemoryAndFile') {
        [void][System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($o.HistorySavePath))
        [System.IO.File]::AppendAllText($o.HistorySavePath, $line.Replace("`n", "```n") + "`n")
    }
}
# The host executes what this returns.
function global:__tt_run {
    [System.Diagnostics.DebuggerHidden()]param($text)
    $__tt.more = ''
    $__tt.error = if ($global:Error.Count) { $global:Error[0] }
    __tt_mark "C;$(__tt_code $text.Substring(0, [Math]::Min(1000, $text.Length)))"
    $text
}
# Is this the begin of something?
function global:__tt_begins {
    [System.Diagnostics.DebuggerHidden()]param($text)
    $tokens = $errors = $null
    [void][System.Management.Automation.Language.Parser]::ParseInput($text, [ref]$tokens, [ref]$errors)
    foreach ($e in $errors) { if ($e.IncompleteInput) { return $true } }
    $false
}
function global:__tt_read {
    [System.Diagnostics.DebuggerHidden()]param($ok)
    Set-StrictMode -Off
    __tt_hook
    if (!$__tt.drawn) {
        # (This prompt was not ours yet.)
        [Console]::Write("`r" + [char]27 + '[K')
        __tt_mark "D;$(__tt_status $ok)"
        __tt_mark A
    }
    $__tt.drawn = $false
    $__tt.more = ''
    $where = if ($PWD.Provider.Name -eq 'FileSystem') { $PWD.ProviderPath } else { $PWD.Path }
    __tt_mark "P;$(__tt_code $where)"
    if ($function:__tt_fields) { try { __tt_fields } catch { } }
    __tt_mark B
    try { __tt_orders $ok } finally { [Console]::TreatControlCAsInput = $false }
}
# The names order: what commands there are.
#   M ; 0 ; 0 ; LF <options> LF <name> LF ...
# It takes PowerShell a moment: it is told later, when no key has come for 200 ms. The programs, and
# what a module has that is not loaded, are looked for in another thread, and told then.
function global:__tt_names {
    [System.Diagnostics.DebuggerHidden()]param($option, $found)
    $items = $ExecutionContext.InvokeProvider.ChildItem
    $n = @('begin break class continue data do else elseif end enum exit filter finally for foreach'.Split(' '))
    $n += 'function if param process return static switch throw trap try until using while'.Split(' ')
    $n += $items.GetNames('Alias:', 'ReturnMatchingContainers', $false)
    $n += $items.GetNames('Function:', 'ReturnMatchingContainers', $false)
    $n += $ExecutionContext.InvokeCommand.GetCmdlets().Name
    $n += $found
    $n = (__tt_code ($n -join "`n")).Replace('%0A', "`n")
    __tt_mark "M;0;0;`n$option`n$n"
}
function global:__tt_find {
    [System.Diagnostics.DebuggerHidden()]param()
    if (!$__tt.finder) {
        $__tt.finder = [powershell]::Create().AddScript({
            # (Without these endings, too: .ps1 everywhere, .exe and such in Windows.)
            $end = "$env:PATHEXT;.ps1".Trim(';').ToLower().Split(';')
            foreach ($c in Get-Command -CommandType Cmdlet, Function, Filter, Alias, ExternalScript, Application) {
                $c.Name
                $dot = $c.Name.LastIndexOf('.')
                if ($dot -gt 0 -and $c.Name.Substring($dot).ToLower() -in $end) { $c.Name.Substring(0, $dot) }
            }
        })
    }
    $__tt.late = [bool]$__tt.finds
    if (!$__tt.finds) { $__tt.finds = $__tt.finder.BeginInvoke() }
}
# While no key comes.
function global:__tt_idle {
    [System.Diagnostics.DebuggerHidden()]param()
    for ($quiet = 0; ($__tt.asked -or $__tt.finds) -and ![Console]::KeyAvailable; $quiet++) {
        try {
            if ($__tt.asked -and $quiet -ge 10) {
                $__tt.asked = $false
                __tt_names unsure
                __tt_find
            } elseif ($__tt.finds -and $__tt.finds.IsCompleted) {
                $finds = $__tt.finds
                $__tt.finds = $null
                $found = $__tt.finder.EndInvoke($finds)
                # (It may have begun before the command that came before the question.)
                if ($__tt.late) { __tt_find } elseif (!$__tt.asked) { __tt_names whole $found }
            }
        } catch { }
        [System.Threading.Thread]::Sleep(20)
    }
}

# What was typed ahead is kept as a plain terminal would, until it is taken, or ends in an Enter.
function global:__tt_orders {
    [System.Diagnostics.DebuggerHidden()]param($ok)
    $typed = ''
    for (;;) {
        [Console]::TreatControlCAsInput = $true
        $line = $null
        __tt_idle
        $c = [Console]::ReadKey($true).KeyChar
        switch ([int]$c) {
            24 {
                do { $order = [Console]::ReadKey($true).KeyChar } while ([int]$order -eq 24)
                switch ($order) {
                    s { $line = __tt_text; $typed = '' }
                    t { __tt_mark "T;$($typed.Length);$(__tt_code $typed)"; $typed = '' }
                    d { return '' }
                    n { __tt_mark "M;0;0;`nlater"; $__tt.asked = $true }
                    l { . ([scriptblock]::Create((__tt_text))) }
                    c {
                        $text = __tt_text
                        # Ctrl-C stops a completion that hangs.
                        [Console]::TreatControlCAsInput = $false
                        __tt_complete $text
                    }
                    h {
                        $line = __tt_edit $ok ($typed + (__tt_text))
                        $typed = ''
                        if (!$__tt.back) { if ($line) { return __tt_run $line } else { return '' } }
                        __tt_mark "T;0;$(__tt_code $__tt.line)"
                        $line = $null
                    }
                }
            }
            { $_ -in 10, 13 } { $line = $typed; $typed = '' }
            3 { return '' }
            4 { if ($typed -eq '' -and $__tt.more -eq '') { return 'exit' } }
            { $_ -in 8, 127 } { if ($typed) { $typed = $typed.Remove($typed.Length - 1) } }
            21 { $typed = '' }
            { $_ -ge 32 -and $_ -ne 127 } { $typed += $c }
        }
        if ($null -eq $line) { continue }
        $line = $__tt.more + $line
        if ($line.Trim() -eq '') { return '' }
        if (!(__tt_begins $line)) {
            try { __tt_keep $line } catch { }
            return __tt_run $line
        }
        $__tt.more = $line + "`n"
        __tt_mark F
        __tt_mark G
    }
}

__tt_hook
try { __tt_keys } catch { }
__tt_mark 'R;pwsh'

#: history
# Run once, by the order l: the newest of PSReadLine's file, at most 64 Ki characters.
#   L ; 0 ; 0 ; <when the shell began> newest LF ^A <seconds> ^A <line> LF ...
# It has no times: what it has is as old as the shell. A row that ends in a backtick goes on.
& {
    $t = [long]([System.DateTimeOffset](Get-Process -Id $PID).StartTime).ToUnixTimeSeconds()
    $h = try { [System.IO.File]::ReadAllText((Get-PSReadLineOption).HistorySavePath) } catch { '' }
    if ($h.Length -gt 65536) { $h = $h.Substring($h.Length - 65536) }
    $h = @(($h -replace '`\r?\n', "$([char]1)").Split("`n").Trim() | Where-Object { $_ })
    [array]::Reverse($h)
    $out = [System.Text.StringBuilder]::new("L;0;0;$t newest")
    foreach ($line in $h) {
        [void]$out.Append("`n%01$t%01" + (__tt_code $line.Replace("$([char]1)", "`n")))
    }
    __tt_mark "$out"
}

#: complete
# The completion order: what Tab would offer at the end of the text behind it.
#   K ; <bytes to replace> ; <how many> ; exact LF <text> LF <description> LF <label> LF ...
function global:__tt_complete {
    [System.Diagnostics.DebuggerHidden()]param($text)
    $r = TabExpansion2 -inputScript $text -cursorColumn $text.Length
    $word = $text.Substring($r.ReplacementIndex)
    # (What a command's name is looked for behind, a path needs its dot.)
    $first = $text.Substring(0, $r.ReplacementIndex) -match '(^|[|;&({=])\s*$'
    $out = [System.Text.StringBuilder]::new('exact')
    $n = 0
    foreach ($m in $r.CompletionMatches) {
        if (++$n -gt 2000) { break }
        $put = $m.CompletionText
        $shown = $m.ListItemText
        $said = "$($m.ToolTip)".Split("`n")[0].Trim()
        if (!$first -and $word -notmatch '^[''"]?\.' -and $put -match '^([''"]?)\.[/\\]([^-~].*)$') {
            $put = $Matches[1] + $Matches[2]
        }
        switch ("$($m.ResultType)") {
            ProviderContainer {
                $end = [System.IO.Path]::DirectorySeparatorChar
                if ($put -match '^(.*[^/\\''"])([''"]?)$') { $put = $Matches[1] + $end + $Matches[2] }
                $shown += $end
                $said = ''
            }
            ProviderItem { $put += ' '; $said = '' }
            { $_ -in 'Command', 'ParameterName', 'ParameterValue' } { $put += ' ' }
        }
        if ($said -in $put.Trim(), $shown) { $said = '' }
        if ($said.Length -gt 200) { $said = $said.Substring(0, 200) }
        foreach ($s in $put, $said, $shown) { [void]$out.Append("`n").Append((__tt_code $s)) }
    }
    __tt_mark "K;$([System.Text.Encoding]::UTF8.GetByteCount($word));$($r.CompletionMatches.Count);$out"
}
