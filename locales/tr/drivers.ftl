# Sürücüler

driver-list = Sürücüler
driver-add = Sürücü ekle
driver-new = Yeni sürücü
driver-search = Ad, ehliyet veya telefon
driver-license-class = Ehliyet sınıfı
driver-license-class-hint = Örnek: B, C, E
driver-license-expiry = Ehliyet bitişi
driver-phone = Telefon
driver-none = Henüz sürücü yok
driver-none-text = Araçları kullananları ekleyin; ehliyetlerinin ne zaman bittiği burada görünür.

change-of-driver = Sürücü
