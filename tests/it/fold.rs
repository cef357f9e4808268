//! The search fold of the database is equal to the program's: `tests/golden/fold.json` pins both.

#![cfg(test)]

use serde::Deserialize;

use crate::support::cluster::TestDb;

#[derive(Deserialize)]
struct Vector {
    r#in: String,
    out: String,
}

#[tokio::test]
async fn the_database_folds_letters_as_the_shared_vectors_say() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../golden/fold.json")).unwrap();
    assert!(vectors.len() > 20, "the vectors are there");
    let inputs: Vec<&str> = vectors.iter().map(|v| v.r#in.as_str()).collect();
    let db = TestDb::new().await;
    let folded: Vec<String> =
        sqlx::query_scalar("SELECT sec.fold(word) FROM unnest($1::text[]) WITH ORDINALITY given(word, place) ORDER BY place")
            .bind(&inputs)
            .fetch_all(&mut db.connect_owner().await)
            .await
            .unwrap();
    assert_eq!(folded.len(), vectors.len());
    for (vector, folded) in vectors.iter().zip(folded) {
        assert_eq!(folded, vector.out, "{}", vector.r#in);
    }
}
