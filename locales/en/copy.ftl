# Pages from the copy that an office PC keeps (its helper program), while the server is out of reach.
copy-age = The server is out of reach. This page is shown from the copy on this computer, last brought up to date on { $at }. What you enter is stored on this computer and sent by itself once the connection is back.
copy-history-at-server = The history is kept on the server; it shows here once the connection is back.
copy-sign-in = The server is out of reach. Until the connection is back, only people who signed in on this computer within the last 14 days can sign in, with the password they used then.
copy-was-deleted = This entry was deleted.
