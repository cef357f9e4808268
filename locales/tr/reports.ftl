# Raporlar: çalışan özeti.

summary-title = Çalışan özeti
summary-all-departments = Tüm departmanlar
summary-all-titles = Tüm unvanlar
summary-search = Ad, departman, unvan veya not ara
summary-entries = Kayıt
summary-people = Çalışan
summary-special = Özel gün
summary-average = Ortalama fazla mesai
summary-best-day = En yüksek gün
summary-none = Filtreye uyan kayıt yok
file-summary = calisan-ozeti
