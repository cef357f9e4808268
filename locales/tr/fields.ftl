# Complaints about what was typed into a field: where the field is, why, and what to do. Keys are the codes of ops::FieldError.
time-empty = Saat boş olamaz.
time-format = Saat biçimi geçersiz (örnek 09:30).
time-range = { $hour }:{ $minute } saat değil; 00:00 ile 23:59 arası olmalı.
date-empty = Tarih zorunludur.
date-format = Tarih biçimi geçersiz (örnek 05.01.2026).
date-calendar = { $day }.{ $month }.{ $year } takvimde yok.
date-range = { $year } yılı kabul edilmiyor; 1990 ile 2100 arası olmalı.
break-empty = Mola boş olamaz; mola yoksa 0 yazın.
break-format = Mola tam dakika olmalı (örnek 60).
break-range = Mola 0–480 dakika arasında olmalıdır.
hours-empty = Süre boş olamaz.
hours-format = Süre biçimi geçersiz (örnek 7,5 veya 7:30).
hours-range = Süre 0 ile 24 saat arasında olmalıdır.
