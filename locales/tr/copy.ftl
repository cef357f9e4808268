# Pages from the copy that an office PC keeps (its helper program), while the server is out of reach.
copy-age = Sunucuya ulaşılamıyor. Bu sayfa bu bilgisayardaki kopyadan gösteriliyor; kopya en son { $at } tarihinde güncellendi. Girdikleriniz bu bilgisayarda saklanır, bağlantı gelince kendiliğinden gönderilir.
copy-history-at-server = Geçmiş sunucuda tutulur; bağlantı gelince burada görünür.
copy-sign-in = Sunucuya ulaşılamıyor. Bağlantı gelene kadar yalnızca son 14 gün içinde bu bilgisayarda oturum açmış kişiler oturum açabilir; o zaman hangi parolayı kullandılarsa o geçerlidir.
copy-was-deleted = Bu kayıt silinmiş.
