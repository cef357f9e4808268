# Takvim: resmî tatiller ve diğer işaretli günler.

day-kind-holiday = Resmî tatil
day-kind-day-off = İdari izin
day-kind-workday = Çalışma günü
