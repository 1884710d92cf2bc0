//! Chinese text cut into words. The dictionary is read at the first use and kept.

use std::sync::OnceLock;

use jieba_rs::Jieba;

/// The words of a text in small letters, without marks and blanks.
pub fn words(text: &str) -> Vec<String> {
    static JIEBA: OnceLock<Jieba> = OnceLock::new();
    let text = text.to_lowercase();
    let cut = JIEBA.get_or_init(Jieba::new).cut(&text, false);
    cut.into_iter()
        .map(|it| it.word)
        .filter(|it| it.chars().any(char::is_alphabetic))
        .map(str::to_owned)
        .collect()
}

/// The words of two texts that both have and that say something: of two characters and more.
pub fn shared(a: &[String], b: &[String]) -> Vec<String> {
    let mut both: Vec<String> = Vec::new();
    for word in a.iter().filter(|it| it.chars().count() > 1) {
        if b.contains(word) && !both.contains(word) {
            both.push(word.clone());
        }
    }
    both
}
