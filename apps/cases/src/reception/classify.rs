//! What class a report may be: multinomial logistic regression over words, pairs of characters, place and hour.
//!
//! Own code, because it is a page of arithmetic: the libraries that do it bring a matrix stack, want all features as one
//! dense matrix in memory, and give no reasons. Here features are hashed into a fixed number of slots, cases are seen one
//! by one, weights that say little are dropped, and each suggestion can be taken apart into the words that spoke for it.

#![expect(
    clippy::cast_possible_truncation,
    reason = "slots, classes and cases are bounded far below the narrower type, and a weight in steps lies within it"
)]

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::words;

/// Slots that features are hashed into: memory is bounded whatever people write.
const SLOTS: usize = 1 << 15;
/// The most classes that are told apart.
const MOST_CLASSES: usize = 300;
/// The fewest cases that a class is learnt from.
const FEWEST: usize = 5;
/// Weights below this are dropped: they would fill the database and say nothing.
const LEAST: f32 = 0.04;

/// Something that a report shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feature {
    /// A word of the text.
    Word(String),
    /// Two characters in a row.
    Pair(String),
    /// The area, by code, from the town down.
    Area(String),
    /// The hour of the day.
    Hour(i8),
}

impl Feature {
    fn slot(&self) -> u32 {
        let hash = match self {
            Self::Word(it) => fnv('w', it.as_bytes()),
            Self::Pair(it) => fnv('p', it.as_bytes()),
            Self::Area(it) => fnv('a', it.as_bytes()),
            Self::Hour(it) => fnv('h', &it.to_le_bytes()),
        };
        // The lower bits of this hash are weak; the upper ones are folded in.
        ((hash ^ (hash >> 32)) % SLOTS as u64) as u32
    }
}

fn fnv(kind: char, bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    bytes
        .iter()
        .fold(step(0xcbf2_9ce4_8422_2325, kind as u8), |hash, it| step(hash, *it))
}

/// Whether a case is kept back to measure by: one in ten, and always the same ones.
pub fn is_held_out(id: &str) -> bool {
    fnv('i', id.as_bytes()) >> 32 & 0xffff < 0xffff / 10
}

/// What a report shows.
pub fn features(text: &str, area: &str, hour: i8) -> Vec<Feature> {
    let mut all: Vec<Feature> = Vec::new();
    let mut add = |it: Feature| {
        if !all.contains(&it) {
            all.push(it);
        }
    };
    let text: String = text.chars().take(500).collect();
    for word in words::words(&text) {
        add(Feature::Word(word));
    }
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    for pair in letters.windows(2).filter(|it| it.iter().all(|c| c.is_alphabetic())) {
        add(Feature::Pair(pair.iter().collect()));
    }
    for digits in [9, 12] {
        if let Some(code) = area.get(..digits) {
            add(Feature::Area(code.to_owned()));
        }
    }
    add(Feature::Hour(hour));
    all
}

/// A case to learn from or to measure by.
pub struct Example {
    slots: Box<[u32]>,
    class: u32,
}

/// Cases to learn from, with the classes by number.
#[derive(Default)]
pub struct Examples {
    classes: Vec<String>,
    known: HashMap<String, u32>,
    /// To learn from.
    pub train: Vec<Example>,
    /// To measure by.
    pub held_out: Vec<Example>,
}

impl Examples {
    /// Adds a case.
    pub fn add(&mut self, features: &[Feature], class: &str, held_out: bool) {
        let next = self.classes.len() as u32;
        let class = *self.known.entry(class.to_owned()).or_insert_with(|| {
            self.classes.push(class.to_owned());
            next
        });
        let slots = features.iter().map(Feature::slot).collect();
        let list = if held_out { &mut self.held_out } else { &mut self.train };
        list.push(Example { slots, class });
    }
}

/// What a training was worth on the cases that were held out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Cases measured.
    pub held_out: usize,
    /// Right at once.
    pub top1: usize,
    /// Right among three.
    pub top3: usize,
    /// Right by always saying the most frequent class.
    pub baseline: usize,
    /// That class.
    pub baseline_class: String,
}

/// A model: for each slot, how much it speaks for and against which class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// The classes that it tells apart, by code.
    pub classes: Vec<String>,
    bias: Vec<f32>,
    /// Where each slot's weights begin in `weights`; one more than there are slots.
    starts: Vec<u32>,
    weights: Vec<(u16, f32)>,
}

/// A class with its probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// By code.
    pub class: String,
    /// Between 0 and 1.
    pub probability: f32,
    /// What spoke for it, most first.
    pub reasons: Vec<Feature>,
}

impl Model {
    /// Learns, for at most `budget`; gives the model and what it is worth. None if there is too little to learn from.
    pub fn learn(examples: &Examples, budget: Duration) -> Option<(Self, Measure)> {
        let mut counts = vec![0_usize; examples.classes.len()];
        for it in &examples.train {
            counts[it.class as usize] += 1;
        }
        let mut kept: Vec<usize> = (0..counts.len()).filter(|it| counts[*it] >= FEWEST).collect();
        kept.sort_by_key(|it| std::cmp::Reverse(counts[*it]));
        kept.truncate(MOST_CLASSES);
        if kept.len() < 2 {
            return None;
        }
        let mut place = vec![None; counts.len()];
        for (n, class) in kept.iter().enumerate() {
            place[*class] = Some(n);
        }
        let classes: Vec<String> = kept.iter().map(|it| examples.classes[*it].clone()).collect();
        let model = Self::descend(classes, &examples.train, &place, budget);
        let measure = model.measure(&examples.held_out, &place);
        Some((model, measure))
    }

    /// Gradient descent, one case after the other; a slot that was moved much already moves less.
    fn descend(classes: Vec<String>, train: &[Example], place: &[Option<usize>], budget: Duration) -> Self {
        let k = classes.len();
        let mut weights = vec![0_f32; SLOTS * k];
        let mut moved = vec![1e-2_f32; SLOTS];
        let mut bias = vec![0_f32; k];
        let mut scores = vec![0_f32; k];
        let rounds = if train.len() > 50_000 { 3 } else { 6 };
        let began = Instant::now();
        let mut order: Vec<u32> = (0..train.len() as u32).collect();
        'rounds: for round in 0..rounds {
            // Another order each time, and the same each training.
            order.sort_by_key(|it| fnv('o', &(u64::from(*it) << 8 | round).to_le_bytes()));
            for (n, at) in order.iter().enumerate() {
                if n % 1024 == 0 && began.elapsed() > budget {
                    break 'rounds;
                }
                let example = &train[*at as usize];
                let Some(right) = place[example.class as usize] else {
                    continue;
                };
                let value = unit(example.slots.len());
                scores.copy_from_slice(&bias);
                for slot in &example.slots {
                    let row = &weights[*slot as usize * k..][..k];
                    scores
                        .iter_mut()
                        .zip(row)
                        .for_each(|(score, weight)| *score += weight * value);
                }
                soften(&mut scores);
                scores[right] -= 1.0;
                let size: f32 = scores.iter().map(|it| it * it).sum::<f32>() * value * value;
                for slot in &example.slots {
                    let slot = *slot as usize;
                    moved[slot] += size;
                    let rate = 0.5 * value / moved[slot].sqrt();
                    let row = &mut weights[slot * k..][..k];
                    row.iter_mut()
                        .zip(&scores)
                        .for_each(|(weight, error)| *weight -= rate * error);
                }
                bias.iter_mut().zip(&scores).for_each(|(it, error)| *it -= 0.01 * error);
            }
        }
        let mut model = Self {
            classes,
            bias,
            starts: vec![0],
            weights: Vec::new(),
        };
        for row in weights.chunks(k) {
            let strong = row.iter().enumerate().filter(|it| it.1.abs() >= LEAST);
            model
                .weights
                .extend(strong.map(|(class, weight)| (class as u16, *weight)));
            model.starts.push(model.weights.len() as u32);
        }
        model
    }

    fn scores(&self, slots: &[u32]) -> Vec<f32> {
        let mut scores = self.bias.clone();
        let value = unit(slots.len());
        for slot in slots {
            for (class, weight) in self.of(*slot) {
                scores[usize::from(*class)] += weight * value;
            }
        }
        soften(&mut scores);
        scores
    }

    fn of(&self, slot: u32) -> &[(u16, f32)] {
        let at = |n: u32| self.starts.get(n as usize).map_or(0, |it| *it as usize);
        self.weights.get(at(slot)..at(slot + 1)).unwrap_or_default()
    }

    fn measure(&self, held_out: &[Example], place: &[Option<usize>]) -> Measure {
        let mut measure = Measure {
            held_out: held_out.len(),
            top1: 0,
            top3: 0,
            baseline: 0,
            // Classes are in the order of how frequent they were.
            baseline_class: self.classes.first().cloned().unwrap_or_default(),
        };
        for it in held_out {
            // A class that was not learnt is a miss: it is one for the people, too.
            let Some(right) = place[it.class as usize] else {
                continue;
            };
            let scores = self.scores(&it.slots);
            let better = scores.iter().filter(|score| **score > scores[right]).count();
            measure.top1 += usize::from(better == 0);
            measure.top3 += usize::from(better < 3);
            measure.baseline += usize::from(right == 0);
        }
        measure
    }

    /// The likeliest classes, each with what spoke for it.
    pub fn guess(&self, features: &[Feature], most: usize) -> Vec<Guess> {
        let slots: Vec<u32> = features.iter().map(Feature::slot).collect();
        let scores = self.scores(&slots);
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        let guess = |class: usize| {
            let weight = |slot: u32| {
                let found = self.of(slot).iter().find(|it| usize::from(it.0) == class);
                found.map_or(0.0, |it| it.1)
            };
            let mut spoke: Vec<(f32, &Feature)> = features
                .iter()
                .zip(&slots)
                .map(|(it, slot)| (weight(*slot), it))
                .collect();
            // Small words, the place and the hour speak for everything a little: they are named when they say much.
            spoke.retain(|(weight, it)| match it {
                Feature::Word(word) => *weight > 0.2 && word.chars().count() > 1,
                Feature::Area(_) | Feature::Hour(_) => *weight > 0.8,
                Feature::Pair(_) => false,
            });
            spoke.sort_by(|a, b| b.0.total_cmp(&a.0));
            Guess {
                class: self.classes[class].clone(),
                probability: scores[class],
                reasons: spoke.into_iter().take(4).map(|it| it.1.clone()).collect(),
            }
        };
        order.into_iter().take(most).map(guess).collect()
    }

    /// As bytes for the database: classes, biases, and for each slot its weights in steps of a 32,767th of the largest.
    pub fn pack(&self) -> Vec<u8> {
        let largest = self
            .weights
            .iter()
            .map(|it| it.1.abs())
            .fold(f32::MIN_POSITIVE, f32::max);
        let mut out = vec![1_u8];
        out.extend((self.classes.len() as u16).to_le_bytes());
        for (class, bias) in self.classes.iter().zip(&self.bias) {
            out.push(class.len() as u8);
            out.extend(class.as_bytes());
            out.extend(bias.to_le_bytes());
        }
        out.extend(largest.to_le_bytes());
        for slot in 0..SLOTS as u32 {
            let weights = self.of(slot);
            out.extend((weights.len() as u16).to_le_bytes());
            for (class, weight) in weights {
                out.extend(class.to_le_bytes());
                out.extend(((weight / largest * 32_767.0).round() as i16).to_le_bytes());
            }
        }
        out
    }

    /// From [`Model::pack`]; nothing if the bytes are of another version or damaged.
    pub fn unpack(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut model = Self {
            starts: vec![0],
            ..Self::default()
        };
        let [1] = take(&mut rest)? else { return None };
        let classes = u16::from_le_bytes(take(&mut rest)?);
        for _ in 0..classes {
            let [length] = take(&mut rest)?;
            let (name, after) = rest.split_at_checked(usize::from(length))?;
            rest = after;
            model.classes.push(String::from_utf8(name.to_vec()).ok()?);
            model.bias.push(f32::from_le_bytes(take(&mut rest)?));
        }
        let largest = f32::from_le_bytes(take(&mut rest)?);
        for _ in 0..SLOTS {
            for _ in 0..u16::from_le_bytes(take(&mut rest)?) {
                let class = u16::from_le_bytes(take(&mut rest)?);
                let step = i16::from_le_bytes(take(&mut rest)?);
                if class >= classes {
                    return None;
                }
                model.weights.push((class, f32::from(step) / 32_767.0 * largest));
            }
            model.starts.push(model.weights.len() as u32);
        }
        rest.is_empty().then_some(model)
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

/// A long text must not shout down a short one.
fn unit(features: usize) -> f32 {
    1.0 / (features.max(1) as f32).sqrt()
}

/// Scores to probabilities.
fn soften(scores: &mut [f32]) {
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for it in scores.iter_mut() {
        *it = (*it - top).exp();
        sum += *it;
    }
    scores.iter_mut().for_each(|it| *it /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learnt() -> (Model, Measure) {
        let mut examples = Examples::default();
        for n in 0..400 {
            let (text, class) = match n % 4 {
                0 => ("路边井盖破损翘起", "A"),
                1 => ("井盖丢失有人差点掉下去", "A"),
                2 => ("小区门口垃圾堆积发臭", "B"),
                _ => ("工地夜间施工噪音扰民", "C"),
            };
            let text = format!("{text}，编号{}", n / 4);
            examples.add(
                &features(&text, "320999101201001", 9),
                class,
                is_held_out(&n.to_string()),
            );
        }
        Model::learn(&examples, Duration::from_secs(60)).expect("learns")
    }

    #[test]
    fn what_the_words_say_is_learnt_and_the_words_are_named() {
        let (model, measure) = learnt();
        assert!(measure.held_out > 20 && measure.top1 == measure.held_out, "{measure:?}");
        assert!(measure.baseline < measure.top1, "{measure:?}");
        assert_eq!(measure.baseline_class, "A");
        let guesses = model.guess(&features("幸福路井盖坏了", "320999101201001", 22), 3);
        assert_eq!(guesses[0].class, "A");
        assert!(guesses[0].probability > 0.5, "{guesses:?}");
        assert_eq!(
            guesses[0].reasons.first(),
            Some(&Feature::Word("井盖".to_owned())),
            "{guesses:?}"
        );
        let sum: f32 = guesses.iter().map(|it| it.probability).sum();
        assert!((sum - 1.0).abs() < 1e-4, "three classes share all of it: {sum}");
    }

    #[test]
    fn a_stored_model_guesses_the_same_and_damaged_bytes_are_none() {
        let (model, _) = learnt();
        let bytes = model.pack();
        let back = Model::unpack(&bytes).expect("reads");
        let probe = features("垃圾没人清理", "320999101201001", 7);
        let (a, b) = (model.guess(&probe, 3), back.guess(&probe, 3));
        for (a, b) in a.iter().zip(&b) {
            assert_eq!(a.class, b.class);
            assert!((a.probability - b.probability).abs() < 1e-2);
        }
        assert!(Model::unpack(&bytes[..bytes.len() - 1]).is_none());
        assert!(Model::unpack(&[9]).is_none());
        assert!(Model::unpack(&[]).is_none());
    }

    #[test]
    fn too_little_is_not_learnt_from() {
        let mut examples = Examples::default();
        for n in 0..4 {
            examples.add(&features("井盖", "", n), "A", false);
            examples.add(&features("垃圾", "", n), "B", false);
        }
        assert!(Model::learn(&examples, Duration::from_secs(1)).is_none());
    }

    /// A real year of cases, to see what the method is worth: the phrase of the filing standard, place and nothing else give
    /// the class. The list has no text of the reports, so this is easier than life.
    #[test]
    fn real_cases_are_told_apart_better_than_by_the_most_frequent_class() {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/data/cases/district-cases-2018.csv"
        );
        let Ok(text) = std::fs::read_to_string(file) else {
            println!("skipped: {file} is not there");
            return;
        };
        for (what, column) in [
            ("place alone", None),
            ("place and the phrase of the standard", Some("sub_type")),
        ] {
            let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
            let headers = reader.headers().expect("has a header").clone();
            let at = |name: &str| headers.iter().position(|it| it == name).expect("has the column");
            let mut examples = Examples::default();
            for row in reader.records().map(|it| it.expect("reads")) {
                let mut shown = features(column.map_or("", |it| &row[at(it)]), "", 0);
                shown.push(Feature::Area(row[at("street")].to_owned()));
                shown.push(Feature::Area(row[at("community")].to_owned()));
                examples.add(&shown, &row[at("main_type")], is_held_out(&row[at("rec_id")]));
            }
            let (model, measure) = Model::learn(&examples, Duration::from_secs(300)).expect("learns");
            let share = |n: usize| 100.0 * n as f64 / measure.held_out as f64;
            println!(
                "{what}: {} cases, {} classes, {} held out: top-1 {:.1} %, top-3 {:.1} %; most frequent class {:.1} %; {} bytes",
                examples.train.len(),
                model.classes.len(),
                measure.held_out,
                share(measure.top1),
                share(measure.top3),
                share(measure.baseline),
                model.pack().len(),
            );
            assert!(measure.held_out > 300, "{measure:?}");
            assert!(measure.top3 > measure.baseline, "{measure:?}");
            assert!(column.is_none() || measure.top1 > 2 * measure.baseline, "{measure:?}");
        }
    }
}
