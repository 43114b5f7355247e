// What the demo city of the browser tests begins with besides: a star that was paid and one whose money came back, so that a notice and
// a payment batch are there to look at. Their enterprises get accounts of their own; the demo's enterprise is left to the journeys.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Brings two cases to the bank by the command line, and back from one of them. */
export function deliver(program, data) {
  const run = (...words) => {
    const done = spawnSync(program, ['--data', data, '--json', ...words], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${words.join(' ')}: ${done.stderr}${done.stdout}`);
    return JSON.parse(done.stdout);
  };
  const act = (id, word, login, ...rest) => run('case', 'act', String(id), word, '--as', login, ...rest);
  const enterprise = run('account', 'list').find(({ login }) => login === 'enterprise');
  const waiting = run('case', 'list', '--state', 'notified', '--as', 'clerk');
  const cases = waiting.filter(({ subject }) => subject !== enterprise.unit).slice(0, 2);
  cases.forEach(({ case: id, subject, name }, place) => {
    run('account', 'open', `firm${place}`, '--name', name, '--role', 'enterprise', '--unit', subject);
    act(id, 'confirm', `firm${place}`, '--holder', name, '--bank', '云川农商银行城东支行', '--number', `622202123456789${place}`);
    act(id, 'pass', 'clerk', '--note', '登记簿核对无误');
    act(id, 'pass-again', 'clerk2');
    act(id, 'agree', 'finance');
    act(id, 'agree', 'science');
  });
  run('case', 'notice', 'innovation-star', '--as', 'clerk');
  run('demo-date', '2024-03-08');
  const ids = cases.map(({ case: id }) => String(id));
  ids.forEach((id) => act(id, 'approve', 'leader', '--note', '同意'));
  const batch = String(run('payment', 'order', ...ids, '--as', 'finance').batch);
  run('payment', 'approve', batch, '--as', 'finance2');
  run('payment', 'send', batch, '--out', join(data, 'bank.csv'), '--as', 'finance');
  const [{ payments }] = run('payment', 'list', '--as', 'finance');
  const yuan = (fen) => (fen / 100).toFixed(2);
  // The bank writes one amount and leaves the other out.
  const rows = payments.map(({ number, amount_fen: fen }, place) => `${number},成功,${place === 0 ? yuan(fen) : ''}`);
  writeFileSync(join(data, 'answer.csv'), `付款编号,结果,金额（元）\n${rows.join('\n')}\n`);
  run('payment', 'answer', batch, join(data, 'answer.csv'), '--as', 'finance');
  act(ids[1], 'reclaim', 'leader', '--note', '专利被宣告全部无效');
  act(ids[1], 'recover', 'finance');
  // An office's server that never answers: mails stand in their list and wait.
  writeFileSync(join(data, 'mail.toml'), 'server = "127.0.0.1"\nport = 9\nsecurity = "none"\nfrom = "知强 <no-reply@yunchuan.example>"\n');
}
