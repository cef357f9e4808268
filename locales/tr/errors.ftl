# Pages of failures: what happened, what to do; never why.
error-request-id = İstek no:
error-home = Ana sayfaya dön
error-400-title = İstek anlaşılamadı
error-400-advice = Sayfayı yenileyip yeniden deneyin.
error-403-title = Buna yetkiniz yok
error-403-advice = Bu işlem için hesabınızın yetkisi yetmiyor. Gerekliyse merkezle görüşün.
error-404-title = Sayfa bulunamadı
error-404-advice = Adres yanlış olabilir ya da kayıt artık yok.
error-413-title = Gönderilen çok büyük
error-413-advice = Bir formla en çok 1 MB gönderilir. Önceki sayfaya dönün; yazdıklarınız orada duruyor. Daha az satırla yeniden gönderin.
error-429-title = Çok fazla deneme
error-429-advice = Biraz bekleyip yeniden deneyin.
error-500-title = Bir hata oluştu
error-500-advice = Hata kaydedildi. Yeniden deneyin; sürerse bu numarayı merkeze iletin.
error-503-title = Sunucu şu anda yanıt veremiyor
error-503-advice = Birkaç saniye sonra yeniden deneyin.
