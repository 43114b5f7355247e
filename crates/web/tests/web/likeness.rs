//! Documents like a text, by words and by the meaning that was learnt, through the pages.

use domain::accounts::Role;

use crate::{
    city::{again, own},
    corpus::keys,
    registry::wait,
};

#[tokio::test(flavor = "multi_thread")]
async fn meaning_ranks_once_it_was_learnt_and_no_more_when_it_is_forgotten() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let mut enterprise = again(folder.path(), Role::Enterprise).await;
    let token = clerk.get("/corpus/like").await.token();
    let text = "一种锂离子电池的散热装置，隔膜涂有陶瓷";
    let asked = clerk.post("/corpus/like", &[("csrf", &token), ("text", text)]).await;
    let list = asked.header("location").to_owned();
    assert!(!clerk.get(&list).await.text.contains("near=both"), "nothing is learnt yet");
    assert!(clerk.get("/corpus/meaning").await.text.contains("还没有学习词义"));
    assert!(!enterprise.get("/corpus/meaning").await.text.contains("/corpus/meaning/learn"));
    let begun = clerk.post("/corpus/meaning/learn", &[("csrf", &token)]).await;
    let job = wait(&mut clerk, begun.header("location")).await;
    assert!(job.text.contains("学得的词"), "{}", job.text);
    let page = enterprise.get(&list).await.text;
    assert!(page.contains("near=meaning") && page.contains("near=both"));
    let by_both = enterprise.get(&format!("{list}&near=both")).await.text;
    assert!(by_both.contains("用词不同而意思相近") && !keys(&by_both).is_empty());
    let file = enterprise.get(&format!("{list}&near=both&export=csv")).await.text;
    assert!(file.lines().nth(2).is_some_and(|line| line.contains("CN") || line.contains("US")), "{file}");
    clerk.post("/corpus/meaning/forget", &[("csrf", &token)]).await;
    assert!(!enterprise.get(&list).await.text.contains("near=both"));
    let entries = registry::audit::recent(clerk.db(), None, 20).await.unwrap();
    let told: Vec<&str> =
        entries.iter().map(|entry| entry.action.as_str()).filter(|one| one.starts_with("corpus.")).collect();
    assert_eq!(told, ["corpus.forget", "corpus.learn"]);
}
