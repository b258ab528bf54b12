//! Answers about room are true: what is placed fits, and what is said to be impossible is, by trying every way.

use super::{Answer, Ask, Kind, Plan, UNKNOWN};

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn plan(left: Vec<Vec<u64>>, asks: Vec<Ask>) -> Plan {
    Plan { kinds: vec![Kind::Cpu, Kind::Memory], left, asks, waiting: Vec::new(), overfull: Vec::new() }
}

fn ask(group: usize, amounts: [u64; 2], nodes: &[usize], count: usize) -> Ask {
    let (amounts, nodes) = (amounts.to_vec(), nodes.to_vec());
    Ask { group, amounts, nodes, count, apart: false, ports: Vec::new() }
}

fn random(numbers: &mut Numbers) -> Plan {
    let nodes = 1 + usize::try_from(numbers.below(3)).unwrap();
    let left = (0..nodes)
        .map(|_| (0..2).map(|_| if numbers.below(12) == 0 { UNKNOWN } else { 3 + numbers.below(8) }).collect())
        .collect();
    let asks = (0..1 + usize::try_from(numbers.below(5)).unwrap())
        .map(|group| {
            let mut on: Vec<usize> = (0..nodes).filter(|_| numbers.below(3) > 0).collect();
            if on.is_empty() {
                on.push(0);
            }
            let count = 1 + usize::try_from(numbers.below(2)).unwrap();
            ask(group, [numbers.below(6), 1 + numbers.below(6)], &on, count)
        })
        .collect();
    plan(left, asks)
}

/// Whether there is a way, by trying all.
fn possible(left: &mut Vec<Vec<u64>>, instances: &[&Ask]) -> bool {
    let Some((ask, rest)) = instances.split_first() else { return true };
    ask.nodes.iter().any(|node| {
        if !ask.fits(&left[*node]) {
            return false;
        }
        let before = left[*node].clone();
        for (left, amount) in left[*node].iter_mut().zip(&ask.amounts).filter(|(left, _)| **left != UNKNOWN) {
            *left -= amount;
        }
        let found = possible(left, rest);
        left[*node] = before;
        found
    })
}

fn instances(plan: &Plan, wanted: impl Fn(&Ask) -> bool) -> Vec<&Ask> {
    plan.asks.iter().filter(|ask| wanted(ask)).flat_map(|ask| std::iter::repeat_n(ask, ask.count)).collect()
}

#[test]
fn every_answer_is_true() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let (mut placed, mut impossible) = (0, 0);
    for _ in 0..5_000 {
        let plan = random(&mut numbers);
        match plan.answer() {
            Answer::Placed(found) => {
                placed += 1;
                let mut left = plan.left.clone();
                assert_eq!(found.len(), instances(&plan, |_| true).len());
                for (group, node) in found {
                    let ask = plan.asks.iter().find(|ask| ask.group == group).unwrap();
                    assert!(ask.nodes.contains(&node) && ask.fits(&left[node]), "{plan:?}");
                    for (left, amount) in left[node].iter_mut().zip(&ask.amounts).filter(|(left, _)| **left != UNKNOWN)
                    {
                        *left -= amount;
                    }
                }
            }
            Answer::Impossible(proof) => {
                impossible += 1;
                let named = instances(&plan, |ask| proof.groups.contains(&ask.group));
                assert!(!possible(&mut plan.left.clone(), &named), "{plan:?} {proof:?}");
            }
            // So small that every way was tried.
            Answer::Open => panic!("nothing is known of {plan:?}"),
        }
    }
    assert!(placed > 1_000 && impossible > 800, "{placed} placed, {impossible} impossible");
}

#[test]
fn ports_and_distinct_hosts_are_kept_apart_but_prove_no_lack_of_room() {
    let mut one = ask(0, [1, 1], &[0, 1], 2);
    one.apart = true;
    let mut web = ask(1, [1, 1], &[0, 1], 1);
    web.ports = vec![(0, 80)];
    let found = match plan(vec![vec![9, 9]; 2], vec![one.clone(), web.clone()]).answer() {
        Answer::Placed(found) => found,
        other => panic!("{other:?}"),
    };
    assert_eq!(found, [(0, 0), (0, 1), (1, 0)]);
    let twice = Ask { group: 2, nodes: vec![0], ..web.clone() };
    let answer = plan(vec![vec![9, 9]], vec![Ask { nodes: vec![0], ..web }, twice]).answer();
    assert!(matches!(answer, Answer::Open), "{answer:?}");
}

#[test]
fn ten_thousand_groups_get_an_answer() {
    let on: Vec<usize> = (0..1000).collect();
    let asks = (0..10_000).map(|group| ask(group, [100, 256], &on, 1)).collect();
    let tight = plan(vec![vec![1000, 2560]; 1000], asks);
    assert!(matches!(tight.answer(), Answer::Placed(_)));
    let mut over = tight;
    over.asks.push(ask(10_000, [100, 256], &[7], 1));
    match over.answer() {
        Answer::Impossible(proof) => assert_eq!((proof.groups.len(), proof.kind), (10_001, Some(0))),
        other => panic!("{other:?}"),
    }
}
