# Sign-in and passwords.
login-title = Sign in
login-username = User name
login-password = Password
login-submit = Sign in
login-ended = Your session has ended. Sign in again.
login-ended-carried = Your session has ended. Sign in again; what you typed is still here and comes back afterwards.
resume-title = What you typed is still here
resume-text = Your session had ended, so this was not saved. Look it over and save.
login-wrong = The user name or the password is wrong.
login-throttled =
    { $n ->
        [one] Too many attempts. Try again in { $n } second.
       *[other] Too many attempts. Try again in { $n } seconds.
    }
login-temporary-ended = This temporary password has been used, or its time is over. Ask your administrator for another one.
login-not-known-here = The server is out of reach, and nobody has signed in on this PC with this user name and password in the last 14 days. Try again once the line is back.
demo-mark = Demo
demo-title = Accounts to try
demo-accounts = User names:
demo-password = The password of all:

password-title = Change password
password-intro = Changing it ends your sessions on other devices and your API keys.
password-forced = The password you were given is temporary. Choose your own before you go on.
password-current = Current password
password-new = New password
password-repeat = New password (again)
password-rule = At least 10 characters. Three or four words that have nothing to do with each other make a good password.
password-submit = Change password
password-error-wrong = This is not your current password.
password-error-short = It needs at least 10 characters.
password-error-simple = This password is easy to guess: repetitions, sequences, well-known words and the names of users, company and regions are not enough. Type three or four words that have nothing to do with each other.
password-error-ended = The time of this temporary password is over. Ask your administrator for another one.
password-error-long = Too long: 128 bytes at most.
password-error-unchanged = The new password cannot be the old one.
password-error-username = The user name cannot be the password.
password-error-differs = The two do not match.
