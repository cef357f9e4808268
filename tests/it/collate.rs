//! The order of names on an office's PC is equal to the database's.

#![cfg(test)]

use rainstaff::collate;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom as _};

use crate::support::cluster::TestDb;

/// What names, departments and titles are written with.
const LETTERS: &str = "abcçdefgğhıijklmnoöpqrsştuüvwxyzABCÇDEFGĞHIİJKLMNOÖPQRSŞTUÜVWXYZâîûÂÎÛéáíóúàèêôäëïñ 0123456789-.,'()/&+_:;!?\"*@#%=";

const NAMES: [&str; 30] = [
    "Ali", "ali", "Âli", "Ali Veli", "Aliye", "Ali-Veli", "Can", "Çağla", "Ilgaz", "ısı", "Işık", "İpek", "irem", "Irmak", "İ", "I", "i",
    "ı", "Hakkı", "Hâkkı", "Hakki", "Ömer", "Oya", "Su", "Şükrü", "Sükrü", "Ülkü", "Uğur", "2. Kat", "10. Kat",
];

#[tokio::test]
async fn names_stand_in_the_databases_order() {
    let mut dice = StdRng::seed_from_u64(7);
    let letters: Vec<char> = LETTERS.chars().collect();
    let mut names: Vec<String> = NAMES.iter().map(ToString::to_string).collect();
    for _ in 0..2000 {
        let length = dice.random_range(1..6);
        names.push((0..length).filter_map(|_| letters.choose(&mut dice)).collect());
    }
    let of_database: Vec<String> = sqlx::query_scalar(r#"SELECT name FROM unnest($1::text[]) name ORDER BY name COLLATE "tr-x-icu""#)
        .bind(&names)
        .fetch_all(&mut TestDb::new().await.connect_owner().await)
        .await
        .unwrap();
    names.sort_by_cached_key(|name| collate::key(name));
    for (ours, theirs) in names.iter().zip(&of_database) {
        assert_eq!(ours, theirs);
    }
}
