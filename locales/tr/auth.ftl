# Sign-in and passwords.
login-title = Oturum aç
login-username = Kullanıcı adı
login-password = Parola
login-submit = Oturum aç
login-wrong = Kullanıcı adı veya parola yanlış.
login-throttled = Çok fazla deneme yapıldı. { $n } saniye sonra yeniden deneyin.
login-not-known-here = Sunucuya ulaşılamıyor; bu kullanıcı adı ve parolayla bu bilgisayarda son 14 gün içinde oturum açılmamış. Bağlantı gelince yeniden deneyin.
demo-mark = Demo
demo-title = Deneme hesapları
demo-accounts = Kullanıcı adları:
demo-password = Hepsinin parolası:

password-title = Parola değiştir
password-intro = Değiştirdiğinizde diğer cihazlardaki oturumlarınız kapanır.
password-forced = Size verilen parola geçici. Devam etmeden önce kendi parolanızı belirleyin.
password-current = Şu anki parola
password-new = Yeni parola
password-repeat = Yeni parola (tekrar)
password-rule = En az 10 karakter; uzun bir cümle de olur.
password-submit = Parolayı değiştir
password-error-wrong = Şu anki parolanız bu değil.
password-error-short = En az 10 karakter olmalı.
password-error-long = Çok uzun: en çok 128 bayt olabilir.
password-error-unchanged = Yeni parola eskisiyle aynı olamaz.
password-error-username = Kullanıcı adı parola olamaz.
password-error-differs = İki yazım aynı değil.
