# The agent of an office PC under Windows, as a scheduled task of the user who runs this (no administrator is needed afterwards):
#   1. put rainstaff-agent.exe beside this file
#   2. rainstaff-agent.exe enrol --server https://... --code ABCDE-FGHIJ
#   3. in a PowerShell opened as administrator, signed in as that user:  .\install.ps1
# The task starts with the PC, before anybody signs in to it, and is started again a minute after it has ended for whatever reason.
# Its data lie in %LOCALAPPDATA%\Rainstaff\agent, which Windows keeps for this user and administrators alone.
$ErrorActionPreference = 'Stop'

$home_ = Join-Path $env:LOCALAPPDATA 'Rainstaff'
$program = Join-Path $home_ 'rainstaff-agent.exe'
New-Item -ItemType Directory -Force -Path $home_ | Out-Null

$old = Get-ScheduledTask -TaskName 'Rainstaff agent' -ErrorAction SilentlyContinue
if ($old) {
    Stop-ScheduledTask -TaskName 'Rainstaff agent'
    Start-Sleep -Seconds 2
}
Copy-Item -Force (Join-Path $PSScriptRoot 'rainstaff-agent.exe') $program

$user = "$env:USERDOMAIN\$env:USERNAME"
$settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -StartWhenAvailable
$task = New-ScheduledTask `
    -Action (New-ScheduledTaskAction -Execute $program -Argument 'run') `
    -Trigger @((New-ScheduledTaskTrigger -AtStartup), (New-ScheduledTaskTrigger -AtLogOn -User $user)) `
    -Principal (New-ScheduledTaskPrincipal -UserId $user -LogonType S4U -RunLevel Limited) `
    -Settings $settings
Register-ScheduledTask -TaskName 'Rainstaff agent' -InputObject $task -Force | Out-Null
Start-ScheduledTask -TaskName 'Rainstaff agent'
Start-Sleep -Seconds 2
& $program status
