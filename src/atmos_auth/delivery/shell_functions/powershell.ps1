# atmos-id NAME: be that identity in this shell. atmos-id: renew it. atmos-id --unset: be nobody again.
function global:atmos-id {
    $words = @()
    if ($args.Count -gt 1 -or ("$args" -like '-*' -and "$args" -ne '--unset')) {
        [Console]::Error.WriteLine('usage: atmos-id [NAME | --unset]')
        $global:LASTEXITCODE = 2
        return
    }
    if ("$args" -eq '--unset') { $words += '--unset' } elseif ("$args" -ne '') { $words += "--identity=$args" }
    # Nothing is evaluated unless all of it was printed.
    $lines = & atmos auth env --format=powershell --output-file=- --login @words | Out-String
    if ($LASTEXITCODE -eq 0 -and $lines) { Invoke-Expression $lines }
}

# Returns "(NAME 42m) ", or nothing; it reads variables only. In your prompt: "$(atmos-prompt)PS $pwd> "
function global:atmos-prompt {
    if (-not $env:ATMOS_IDENTITY) { return '' }
    $end = [DateTimeOffset]::MinValue
    $left = ''
    $culture = [Globalization.CultureInfo]::InvariantCulture
    $style = [Globalization.DateTimeStyles]::AssumeUniversal
    if ([DateTimeOffset]::TryParse($env:AWS_CREDENTIAL_EXPIRATION, $culture, $style, [ref]$end)) {
        $minutes = [Math]::Floor(($end - [DateTimeOffset]::UtcNow).TotalMinutes)
        if ($minutes -lt 0) { $left = ' expired' }
        elseif ($minutes -lt 60) { $left = " ${minutes}m" }
        else { $left = " $([Math]::Floor($minutes / 60))h$($minutes % 60)m" }
    }
    return "($env:ATMOS_IDENTITY$left) "
}
