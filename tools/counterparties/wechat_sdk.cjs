// WeChat Pay by other people's software: wechatpay-node-v3 signs, verifies and opens.
//
//   node wechat_sdk.cjs merchant BASE KEYS.JSON LISTENER  pays, refunds, closes and fetches a bill
//   node wechat_sdk.cjs notice BASE KEYS.JSON             proves and opens notices, from stdin
//   node wechat_sdk.cjs requests BASE KEYS.JSON           proves a merchant's requests, from stdin
//   node wechat_sdk.cjs bridges BASE KEYS.JSON            proves what its pages pay by, from stdin
//
// Each prints one line of JSON.
'use strict';

const fs = require('fs');
const Pay = require('wechatpay-node-v3');

const HOST = 'https://api.mch.weixin.qq.com';

/** Sends what the SDK signed to the party under test and keeps what came back, as it came. */
class Wire {
  constructor(base) {
    this.base = base;
    this.last = null;
  }

  async send(method, url, headers, body) {
    const answer = await fetch(url.replace(HOST, this.base), {method, headers, body});
    const text = await answer.text();
    this.last = {status: answer.status, headers: Object.fromEntries(answer.headers), body: text};
    const isJson = (answer.headers.get('content-type') || '').includes('json') && text !== '';
    return {status: answer.status, data: isJson ? JSON.parse(text) : text};
  }

  get(url, headers) {
    return this.send('GET', url, headers, undefined);
  }

  post(url, content, headers) {
    return this.send('POST', url, headers, JSON.stringify(content));
  }
}

function merchantOf(base, names) {
  const pay = new Pay({
    appid: names.app_id,
    mchid: names.mch_id,
    publicKey: fs.readFileSync(names.merchant_certificate_file),
    privateKey: fs.readFileSync(names.merchant_key_file),
    key: fs.readFileSync(names.api_v3_key_file, 'ascii').trim(),
  });
  const wire = new Wire(base);
  pay.createHttp(wire);
  // Keys known by an id are configured; certificates the SDK fetches by itself.
  names.platform_serials.forEach((serial, at) => {
    if (serial.startsWith('PUB_KEY_ID_')) {
      Pay.certificates[serial] = fs.readFileSync(names.platform_key_files[at], 'ascii');
    }
  });
  return {pay, wire};
}

/** Whether the SDK believes an answer or a notice. */
function isProven(pay, {headers, body}) {
  return pay.verifySign({
    timestamp: headers['wechatpay-timestamp'],
    nonce: headers['wechatpay-nonce'],
    serial: headers['wechatpay-serial'],
    signature: headers['wechatpay-signature'],
    body,
  });
}

async function merchant({pay, wire}, listener) {
  const steps = [];
  const step = async (name, asked) => {
    const {status, data} = await asked;
    const last = wire.last;
    const proven = 'wechatpay-serial' in last.headers ? await isProven(pay, last) : null;
    steps.push({name, status, proven, data});
    return data;
  };
  const order = (number) => ({
    description: '车票',
    out_trade_no: number,
    notify_url: listener,
    amount: {total: 2000, currency: 'CNY'},
  });
  await step('native', pay.transactions_native(order('sdk-order-1')));
  await step('waiting', pay.query({out_trade_no: 'sdk-order-1'}));
  await fetch(wire.base + '/_control/pay/sdk-order-1', {method: 'POST', body: '{}'});
  const paid = await step('paid', pay.query({out_trade_no: 'sdk-order-1'}));
  await step('refund', pay.refunds({
    out_trade_no: 'sdk-order-1',
    out_refund_no: 'sdk-refund-1',
    notify_url: listener,
    amount: {refund: 1800, total: 2000, currency: 'CNY'},
  }));
  await step('refunded', pay.find_refunds('sdk-refund-1'));
  await step('other', pay.transactions_native(order('sdk-order-2')));
  await step('close', pay.close('sdk-order-2'));
  await step('refused', pay.transactions_native(order('sdk-order-2')));
  const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6p';
  const bridge = await step('jsapi', pay.transactions_jsapi({
    ...order('sdk-order-3'), payer: {openid},
  }));
  const {status, data} = await wire.send(
      'POST', `${wire.base}/_control/bridge`, {}, JSON.stringify({bridge, openid}));
  steps.push({name: 'page', status, proven: null, data});
  const day = paid.success_time.slice(0, 10);
  const bill = await step('bill', pay.tradebill({bill_date: day, bill_type: 'ALL'}));
  const url = bill.download_url.replace(wire.base, HOST);
  await step('download', pay.downloadBill(url));
  return steps;
}

async function notices({pay}, listed) {
  const results = [];
  for (const {headers, body} of listed) {
    const lower = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toLowerCase(), v]));
    const proven = await isProven(pay, {headers: lower, body});
    const {ciphertext, associated_data, nonce} = JSON.parse(body).resource;
    results.push({proven, content: pay.decipher_gcm(ciphertext, associated_data, nonce)});
  }
  return results;
}

/** Whether what a page is given to pay by is signed as the SDK signs it. */
function bridges({pay}, listed) {
  return listed.map(({appId, timeStamp, nonceStr, package: named, signType, paySign}) =>
    signType === 'RSA' &&
    paySign === pay.sign([appId, timeStamp, nonceStr, named, ''].join('\n')));
}

/** RSA with PKCS#1 v1.5 has one signature per text: what we signed is what the SDK signs. */
function requests({pay}, listed) {
  return listed.map(({method, target, authorization, body}) => {
    const field = (name) => (authorization.match(new RegExp(`${name}="([^"]*)"`)) || [])[1];
    const signature = pay.getSignature(
        method, field('nonce_str'), field('timestamp'), target, body);
    const whole = pay.getAuthorization(field('nonce_str'), field('timestamp'), signature);
    // Serial numbers are hex of either case.
    const serial = /serial_no="[^"]*"/;
    const same = (text) => text.replace(serial, (found) => found.toLowerCase());
    const sorted = (text) => same(text.slice(text.indexOf(' ') + 1)).split(',').sort().join();
    return {
      method, target,
      same_signature: signature === field('signature'),
      same_authorization: sorted(whole) === sorted(authorization),
    };
  });
}

async function main([verb, base, keysFile, listener]) {
  const known = merchantOf(base, JSON.parse(fs.readFileSync(keysFile, 'utf8')));
  const listed = verb === 'merchant' ? [] : JSON.parse(fs.readFileSync(0, 'utf8'));
  const verbs = {
    merchant: () => merchant(known, listener),
    notice: () => notices(known, listed),
    requests: () => requests(known, listed),
    bridges: () => bridges(known, listed),
  };
  console.log(JSON.stringify(await verbs[verb]()));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
