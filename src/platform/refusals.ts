/** Every expected "no" of the house: its HTTP status, and what we say to a person in Chinese and in English. */

interface Words {
  title: string;
  /** What the person can do now. */
  remedy: string;
}
interface Entry {
  status: 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 429 | 503;
  zh: Words;
  en: Words;
}

const entry = (status: Entry['status'], zh: [string, string], en: [string, string]): Entry => ({
  status,
  zh: { title: zh[0], remedy: zh[1] },
  en: { title: en[0], remedy: en[1] },
});

/** `{name}` in a text is filled from the refusal's params. Rooms add their codes under their own heading. */
export const refusals = {
  // platform
  invalid_input: entry(
    400,
    ['填写有误', '请按提示修改后再试'],
    ['Something is not filled in right', 'Correct the marked fields and try again'],
  ),
  not_signed_in: entry(
    401,
    ['请先登录', '用手机号登录后继续'],
    ['Please sign in', 'Sign in with your phone number to go on'],
  ),
  forbidden: entry(
    403,
    ['没有权限', '请联系管理员开通相应角色'],
    ['You may not do this', 'Ask an administrator for the role it needs'],
  ),
  bad_origin: entry(
    403,
    ['来源不受信任', '请从本站页面操作'],
    ['The request came from another site', 'Please use our own pages'],
  ),
  step_up_needed: entry(
    403,
    ['需要再次验证身份', '请完成一次验证，5 分钟内有效'],
    ['Please confirm it is you', 'Confirm once; it lasts 5 minutes'],
  ),
  not_found: entry(
    404,
    ['没有找到', '请检查链接是否正确'],
    ['Not found', 'Check that the address is right'],
  ),
  wrong_state: entry(
    409,
    ['现在不能这样做', '请刷新页面查看最新进度'],
    ['This cannot be done now', 'Refresh the page to see where things stand'],
  ),
  not_your_turn: entry(
    403,
    ['这一步不由您操作', '请等待对方或平台处理'],
    ['This step is not yours', 'Please wait for the other side or for us'],
  ),
  in_flight: entry(
    409,
    ['上一次请求还在处理', '请稍候片刻再查看结果'],
    ['The first request is still running', 'Wait a moment, then look again'],
  ),
  key_reused: entry(
    422,
    ['同一请求编号的内容不一致', '请换一个请求编号'],
    ['This key was used for other content', 'Use a new Idempotency-Key'],
  ),
  too_large: entry(
    413,
    ['文件或内容太大', '请压缩到 {maxMb} MB 以内'],
    ['Too large', 'Keep it under {maxMb} MB'],
  ),
  wrong_media: entry(
    415,
    ['不支持这种格式', '请换一种格式再试'],
    ['This format is not supported', 'Please use another format'],
  ),
  too_many: entry(
    429,
    ['操作太频繁', '请 {seconds} 秒后再试'],
    ['Too many requests', 'Try again in {seconds} seconds'],
  ),
  unavailable: entry(
    503,
    ['服务暂时不可用', '您的资料都已保存，请稍后再试'],
    ['Temporarily unavailable', 'Nothing was lost; please try again soon'],
  ),
  // buyback
  quote_used: entry(
    409,
    ['这份报价已经用过', '请到“我的订单”查看，或重新报价'],
    ['This quote has already been accepted', 'See your orders, or ask for a new quote'],
  ),
  below_floor: entry(
    422,
    ['低于品类保底价', '建议换个时段再卖，我们可以提醒您'],
    ['Below the floor of its category', 'Better at another time: we can remind you'],
  ),
  too_many_open: entry(
    422,
    ['未完成的订单太多', '请先完成或取消部分订单（最多 {max} 笔）'],
    ['Too many open orders', 'Finish or cancel some first (at most {max})'],
  ),
  payout_account_needed: entry(
    422,
    ['请先填写收款账户', '填好后才需要交出卡密'],
    ['Please add a payout account first', 'We ask for the card only once we can pay you'],
  ),
  code_decides_nothing: entry(
    422,
    ['这个结论还不能定案', '请选择通过、改价或拒收的结论，并填写余额'],
    [
      'This result decides nothing',
      'Choose one that passes, requotes or rejects, with the balance',
    ],
  ),
  amount_out_of_range: entry(
    422,
    ['金额超出范围', '退回金额应大于 0 且小于订单价款'],
    ['Amount out of range', 'It must be above zero and below the price of the order'],
  ),

  // counter
  receipt_unknown: entry(
    404,
    ['没有这张凭证', '请核对凭证号；平台没有开出过这个号码'],
    ['There is no such receipt', 'Check its number; this house never gave it out'],
  ),
  box_unreadable: entry(
    422,
    ['无法读取收卡机封存的内容', '请重新扫卡；若仍如此，请刷新收卡页面'],
    ['What the till sealed cannot be read', 'Scan the card again, or reload the till'],
  ),
  till_clock_wrong: entry(
    422,
    ['收卡时间不可信', '请校准设备时间；离线超过 48 小时的卡请退还卖家'],
    [
      'The time of taking the card is not believable',
      'Set the clock; give back what was offline for more than 48 hours',
    ],
  ),
  other_phone: entry(
    403,
    ['这张卡登记的是另一个手机号', '请用在柜台登记的手机号登录后确认'],
    ['The card was handed in under another number', 'Sign in with the number given at the counter'],
  ),
  day_closed: entry(
    409,
    ['这一天不能日结', '已日结的日期不再变动；未到的日期请当天再结'],
    ['This day cannot be closed', 'A closed day never changes; a later one has not begun'],
  ),
  difference_unexplained: entry(
    422,
    ['清点数与应有数不同', '应有 {expected} 张，清点 {counted} 张；请填写差异说明'],
    ['The count differs', '{expected} expected, {counted} counted; say why'],
  ),
  // cards
  unknown_product: entry(
    404,
    ['没有这种卡', '请从卡种列表中选择'],
    ['We do not know this card', 'Please choose one from the list'],
  ),
  face_not_offered: entry(
    422,
    ['没有这个面值', '请选择列出的面值'],
    ['There is no such face value', 'Please choose one of the listed values'],
  ),
  card_number_invalid: entry(422, ['卡号不正确', '{zh}'], ['The card number is not right', '{en}']),
  pin_invalid: entry(422, ['卡密不正确', '{zh}'], ['The PIN is not right', '{en}']),
  bank_card_refused: entry(
    422,
    ['这像是银行卡号', '请勿提交银行卡；请核对后输入礼品卡卡号'],
    ['This looks like a bank card', 'Never give us a bank card; enter the gift card number'],
  ),
  non_transferable: entry(
    422,
    ['这种卡不能转让', '发卡方将它绑定到账号，只能本人使用'],
    ['This card cannot be passed on', 'Its issuer binds it to an account; only you can use it'],
  ),
  card_already_here: entry(
    409,
    ['这张卡已经在平台上', '每张卡只能提交一次；如非本人操作请联系客服'],
    ['This card is here already', 'A card can be given once; contact us if it was not you'],
  ),
  card_stopped: entry(
    409,
    ['这张卡暂时不能交易', '平台正在核对这张卡；您的款项不受影响，如有疑问请联系客服'],
    [
      'This card cannot be traded for the moment',
      'It is being looked into. Your money is safe; support can help',
    ],
  ),
  notice_rows_unsound: entry(
    422,
    ['第 {rows} 行的号码不是这种卡的号码', '请对照通知核对卡号和所选的卡种'],
    [
      'The numbers in rows {rows} are not numbers of this card',
      'Check them against the notice, and the kind of card you chose',
    ],
  ),
  card_encumbered: entry(
    409,
    ['这张卡已有一笔进行中的交易', '请先完成或取消那一笔'],
    ['This card is promised already', 'Finish or cancel the other one first'],
  ),
  image_too_large: entry(
    413,
    ['照片太大', '请压缩到 {maxMb} MB、{maxMegapixels} 百万像素以内'],
    ['The photo is too large', 'Keep it under {maxMb} MB and {maxMegapixels} megapixels'],
  ),
  image_not_supported: entry(
    415,
    ['不支持这种图片', '请使用 JPEG、PNG 或 WebP 照片'],
    ['This kind of image is not supported', 'Use a JPEG, PNG or WebP photo'],
  ),
  image_unreadable: entry(
    422,
    ['没有读到条码', '请对准条码、在光线充足处重拍，或直接输入卡号'],
    ['No code could be read', 'Move closer, use good light, or type the number'],
  ),
  reveal_not_approved: entry(
    409,
    ['尚未有第二人批准', '请请另一位同事批准后再打开'],
    ['No second person has approved', 'Ask a colleague to approve it first'],
  ),
  reveal_self_approval: entry(
    403,
    ['不能批准自己的申请', '须由另一位有权限的同事批准'],
    ['You may not approve your own request', 'Another colleague has to approve it'],
  ),
  reveal_lapsed: entry(
    410,
    ['申请或批准已过期', '请重新申请或请同事重新批准'],
    ['The request or its approval has lapsed', 'Ask again, or have it approved again'],
  ),
  reveal_used: entry(
    410,
    ['只能查看一次', '如确有需要请重新申请'],
    ['It can be seen once only', 'Make a new request if you must'],
  ),
  card_shredded: entry(
    410,
    ['卡密已销毁', '无法恢复，请联系卡主'],
    ['The secret is destroyed', 'It cannot be brought back; ask the owner of the card'],
  ),

  // disputes
  case_open: entry(
    409,
    ['已有一个处理中的争议', '请等待当前争议有结果'],
    ['A case is already open', 'Wait until it has been decided'],
  ),
  case_amount: entry(
    422,
    ['金额与处理结果不符', '部分退款须填写大于零的金额，维持原状则不填'],
    ['The amount does not fit the outcome', 'Partial needs an amount above zero; release none'],
  ),
  deadline_passed: entry(
    409,
    ['期限已过', '请刷新页面查看最新进度'],
    ['The deadline has passed', 'Refresh the page to see where things stand'],
  ),
  no_offer: entry(
    409,
    ['没有可以接受的和解方案', '请刷新页面，或提出您的方案'],
    ['There is no offer to accept', 'Refresh the page, or make an offer of your own'],
  ),
  file_full: entry(
    409,
    ['已达到数量上限', '每方最多 {most} 份；请把重点写清楚'],
    ['The file is full', 'At most {most} from each side; keep to what matters'],
  ),
  claim_not_assigned: entry(
    409,
    ['请先领取这个争议', '领取后才能裁决'],
    ['This claim is not assigned to you', 'Take it first, then decide'],
  ),
  claim_taken: entry(
    409,
    ['已由另一位同事处理', '请处理队列里的其他争议'],
    ['A colleague has taken it', 'Please take another one from the queue'],
  ),
  same_reviewer: entry(
    403,
    ['申诉须由另一位同事复核', '您已裁决过这个争议，请交给其他同事'],
    ['An appeal needs another reviewer', 'You decided this claim before; leave it to a colleague'],
  ),
  penalty_without_fault: entry(
    422,
    ['无过错方不能罚款', '请选择卖家或买家责任，或取消罚款'],
    ['A penalty needs somebody at fault', 'Name seller or buyer, or leave the penalty out'],
  ),
  reviewer_is_party: entry(
    403,
    ['不能裁决与自己有关的争议', '请交给其他同事'],
    ['Nobody decides a claim of their own', 'Leave it to a colleague'],
  ),

  // ledger
  ledger_busy: entry(
    503,
    ['系统繁忙', '本次未做任何变动，请 {seconds} 秒后再试'],
    ['Too busy right now', 'Nothing was done; try again in {seconds} seconds'],
  ),
  insufficient_funds: entry(
    409,
    ['余额不足', '请减少金额，或先充值后再试'],
    ['Not enough money in the account', 'Lower the amount, or add money first'],
  ),
  hold_closed: entry(
    409,
    ['这笔预留已经结束', '请刷新页面查看最新进度'],
    ['This hold has already ended', 'Refresh the page to see where things stand'],
  ),
  period_out_of_order: entry(
    409,
    ['账期须按顺序结账', '下一个可结账的账期是 {expected}'],
    ['Months close in order', 'The next one that can be closed is {expected}'],
  ),
  period_not_over: entry(
    409,
    ['{month} 尚未结束', '请在该月结束后再结账'],
    ['{month} is not over', 'Close it after its last day'],
  ),
  statement_too_long: entry(
    422,
    ['账目超过 {max} 条', '请缩短起止日期'],
    ['More than {max} entries', 'Choose a shorter period'],
  ),

  // parties
  phone_invalid: entry(
    422,
    ['手机号不正确', '请填写 11 位大陆手机号'],
    ['This is not a mobile number', 'Enter an 11-digit mainland mobile number'],
  ),
  code_wrong: entry(
    422,
    ['验证码不正确或已失效', '请核对后重试，或重新获取验证码'],
    ['The code is wrong or no longer valid', 'Check it, or ask for a new one'],
  ),
  passkey_refused: entry(
    422,
    ['通行密钥验证未通过', '请重试，或改用其他方式'],
    ['The passkey was not accepted', 'Try again, or use another way'],
  ),
  passkey_known: entry(
    409,
    ['这个通行密钥已经添加过', '可以直接使用'],
    ['This passkey is already here', 'You can simply use it'],
  ),
  totp_exists: entry(
    409,
    ['已启用动态验证码', '如需更换，请先停用'],
    ['An authenticator app is already set up', 'Remove it first to set up another'],
  ),
  totp_missing: entry(
    409,
    ['还没有启用动态验证码', '请先绑定验证器应用'],
    ['No authenticator app is set up', 'Set one up first'],
  ),
  second_factor_needed: entry(
    403,
    ['工作人员需使用验证器或通行密钥', '请使用已绑定的验证器或通行密钥'],
    ['Staff must use an authenticator app or a passkey', 'Use the one you have set up'],
  ),
  name_invalid: entry(
    422,
    ['姓名格式不正确', '请按身份证填写姓名'],
    ['This does not look like a name', 'Enter the name on your id card'],
  ),
  id_number_invalid: entry(
    422,
    ['身份证号不正确', '请核对 18 位身份证号'],
    ['The id number is not right', 'Check the 18 characters on your id card'],
  ),
  not_adult: entry(
    422,
    ['未满 18 周岁', '本平台仅向成年人开放'],
    ['You are under 18', 'Only adults may trade here'],
  ),
  identity_taken: entry(
    409,
    ['该身份已绑定其他账户', '请登录原账户，或联系客服'],
    ['This identity belongs to another account', 'Sign in to that account, or ask support'],
  ),
  real_name_needed: entry(
    403,
    ['请先完成实名认证', '填写姓名和身份证号，通常一分钟内完成'],
    ['Please confirm your real name first', 'It usually takes less than a minute'],
  ),
  real_name_pending: entry(
    409,
    ['实名认证正在核验', '请稍候，结果会自动更新'],
    ['Your real name is being checked', 'Please wait; the page updates by itself'],
  ),
  real_name_done: entry(
    409,
    ['实名认证已完成', '无需重复提交'],
    ['Your real name is already confirmed', 'There is nothing more to do'],
  ),
  consent_needed: entry(
    403,
    ['需要您的同意', '请先阅读并同意相应用途'],
    ['We need your consent', 'Please read and agree to this purpose first'],
  ),
  open_business: entry(
    409,
    ['还有未完成的订单或款项', '请在全部完成后再注销账户'],
    ['Orders or payments are still open', 'Close the account when all of them are done'],
  ),
  staff_account: entry(
    409,
    ['工作人员账户不能直接注销', '请先由管理员收回角色'],
    ['A staff account cannot be closed', 'Ask an administrator to take back the roles first'],
  ),
  last_admin: entry(
    409,
    ['至少要保留一名管理员', '请先指定另一名管理员'],
    ['One administrator must remain', 'Appoint another administrator first'],
  ),

  // pricing
  face_not_accepted: entry(
    422,
    ['不收这个面值', '可收面值：{accepted}'],
    ['This face value is not accepted', 'Accepted: {accepted}'],
  ),
  expired_card: entry(
    422,
    ['卡券已过期', '过期的卡券请联系发卡方办理延期或退卡'],
    ['The card has expired', 'Ask its issuer to extend or refund it'],
  ),
  quote_not_found: entry(
    404,
    ['没有这份报价', '请重新报价'],
    ['There is no such quote', 'Ask for a new quote'],
  ),
  quote_expired: entry(
    410,
    ['报价已过期', '价格可能已变动，请重新报价'],
    ['The quote has expired', 'Prices may have moved; ask for a new quote'],
  ),
  quote_tampered: entry(
    422,
    ['报价签名不符', '请使用我们签发的原始报价'],
    ['The signature does not fit the quote', 'Use the quote as we issued it'],
  ),
  no_better_slot: entry(
    422,
    ['两周内没有更好的价格', '现在就可以按当前报价出售'],
    ['No better price within two weeks', 'You can sell at the price of now'],
  ),
  reminder_limit: entry(
    409,
    ['提醒太多了', '最多同时保留 {most} 条提醒'],
    ['Too many reminders', 'At most {most} can wait at a time'],
  ),
  no_prices: entry(
    503,
    ['价目表尚未发布', '请稍后再来'],
    ['No prices are published yet', 'Please come back soon'],
  ),
  table_invalid: entry(
    422,
    ['价目表有 {count} 处错误', '先改正：{path} {zh}'],
    ['The price table has {count} problems', 'First: {path} {en}'],
  ),
  author_cannot_approve: entry(
    403,
    ['不能批准自己编制的价目表', '请由另一位同事复核'],
    ['Nobody approves a table of their own', 'Ask a colleague to review it'],
  ),
  content_changed: entry(
    409,
    ['内容已变化', '请重新查看后再批准'],
    ['The content has changed', 'Look at it again before you approve'],
  ),
  price_notice_too_short: entry(
    422,
    ['调价须提前 {days} 天公示', '最早生效时间：{earliest}'],
    ['A change needs {days} days of notice', 'It can start at {earliest} at the earliest'],
  ),

  // process
  not_due: entry(
    409,
    ['还没到时间', '请等到截止时间之后'],
    ['Its time has not come', 'Wait until the deadline has passed'],
  ),

  // market
  restrictions_incomplete: entry(
    422,
    ['使用限制不完整', '发卡方规定的限制须全部列出；没有其他限制时不能写“无限制”'],
    [
      'Some restrictions are missing',
      'List all that the issuer set; "none" cannot stand beside others',
    ],
  ),
  price_above_balance: entry(
    422,
    ['售价高于卡内余额', '请把售价定在余额以内'],
    ['The price is above the balance', 'Ask no more than what is on the card'],
  ),
  floor_not_below_price: entry(
    422,
    ['最低价须低于售价', '请调低最低价，或关闭自动降价'],
    ['The floor must be below the price', 'Lower the floor, or switch the markdown off'],
  ),
  expires_too_soon: entry(
    422,
    ['这张卡即将到期', '到期前至少 {days} 天才能上架，建议尽快自用'],
    [
      'This card expires too soon',
      'It needs at least {days} days to be listed; better use it yourself',
    ],
  ),
  too_many_listings: entry(
    422,
    ['今天发布的太多了', '每天最多发布 {max} 张；大批量请走企业批量处置'],
    ['Too many listings today', 'At most {max} a day; larger lots have their own way'],
  ),
  numbers_in_series: entry(
    422,
    ['连号卡过多', '每天最多上架 {max} 张连号卡；大批量请走企业批量处置并提供来源证明'],
    [
      'Too many cards with numbers in a row',
      'At most {max} a day; larger lots need proof of origin',
    ],
  ),
  listing_taken: entry(
    409,
    ['这张卡刚被别人拍下', '若对方 15 分钟内未付款，会重新上架'],
    ['Somebody else was faster', 'It comes back if they do not pay within 15 minutes'],
  ),
  listing_kept: entry(
    409,
    ['卖家为求购的买家保留着这张卡', '对方 24 小时内未付款，会重新上架'],
    [
      'The seller keeps it for a buyer who asked for it',
      'Unpaid after 24 hours, it is on sale again',
    ],
  ),
  listing_gone: entry(
    409,
    ['这张卡已经下架', '看看同款的其他卡'],
    ['This card is no longer on sale', 'Have a look at others of its kind'],
  ),
  price_changed: entry(
    409,
    ['价格已变化', '现价 {priceYuan} 元，请确认后再下单'],
    ['The price has changed', 'It is {priceYuan} yuan now; confirm and order again'],
  ),
  own_listing: entry(
    422,
    ['不能购买自己的卡', '如需取回，请在“我的发布”中撤回'],
    ['You cannot buy your own card', 'Withdraw the listing to have it back'],
  ),
  related_parties: entry(
    422,
    ['买卖双方不能使用同一设备或收款账户', '如有误判请联系客服'],
    ['Buyer and seller share a device or a payout account', 'Contact us if this is a mistake'],
  ),
  guarantee_not_offered: entry(
    422,
    ['没有这个保障期', '请选择列出的保障期'],
    ['There is no such guarantee', 'Please choose one of the listed periods'],
  ),
  ship_to_needed: entry(
    422,
    ['请填写收货地址', '邮寄的卡需要收货人、手机和地址'],
    ['An address is needed', 'Cards in the post need a name, a phone number and an address'],
  ),
  basket_incomplete: entry(
    409,
    ['有卡已无法购买，未扣款', '第 {position} 张：{code}。可改为“能买几张买几张”'],
    [
      'Not all of it can be bought; nothing was charged',
      'Number {position}: {code}. Try partial fill',
    ],
  ),
  too_many_unpaid: entry(
    422,
    ['待付款的订单太多', '请先付款或取消部分订单（最多 {max} 笔）'],
    ['Too many unpaid orders', 'Pay or cancel some first (at most {max})'],
  ),
  waiver_needed: entry(
    409,
    ['请先确认查看须知', '卡密查看后不能无理由退货，确认后即可查看'],
    [
      'Please read and accept the notice first',
      'A code that was seen cannot be returned for no reason',
    ],
  ),
  already_revealed: entry(
    410,
    ['卡密已经查看过', '每笔订单只显示一次；如未能看到请联系客服'],
    ['The code was shown already', 'It is shown once an order; contact us if you could not see it'],
  ),
  too_early_to_extend: entry(
    409,
    ['还不用延长', '验卡期最后两天内可延长一次'],
    ['It is too early to extend', 'You can do so once, in the last two days'],
  ),
  offer_open: entry(
    409,
    ['您已有一个出价在等答复', '请等待卖家答复或先撤回'],
    ['Your offer is still open', 'Wait for the answer, or take it back first'],
  ),
  offer_not_lower: entry(
    422,
    ['出价应低于标价', '按标价可以直接购买'],
    ['An offer is below the price', 'You can buy at the listed price right away'],
  ),

  // rules
  face_above_limit: entry(
    422,
    ['面值超过法定限额', '这类卡单张不得超过 {limitYuan} 元（{citation}）'],
    ['The face value is above the legal limit', 'At most ¥{limitYuan} for this kind ({citation})'],
  ),
  product_not_accepted: entry(
    422,
    ['这类卡依法不能回收', '{zh}（{citation}）'],
    ['This kind of card cannot be bought back', '{en} ({citation})'],
  ),
  notice_too_short: entry(
    422,
    ['规则变更须提前公示', '须至少提前 {days} 天公示，最早 {earliest} 生效（{citation}）'],
    [
      'A change needs notice',
      'Announce it {days} days ahead: {earliest} at the earliest ({citation})',
    ],
  ),
  restrictions_missing: entry(
    422,
    ['缺少使用限制说明', '须写明使用范围、时间和门槛，或写明无限制（{citation}）'],
    ['The restrictions are not stated', 'State them, or state that there are none ({citation})'],
  ),
  price_above_tier: entry(
    422,
    ['超过您目前的单价上限', '信用分提高后上限会提高；现在最高 {max}'],
    ['Above what your score unlocks', 'At most {max} for now; it rises with your score'],
  ),
  listings_above_tier: entry(
    409,
    ['在售数量已达上限', '信用分提高后上限会提高；现在最多 {max} 张'],
    ['As many listings as your score unlocks', 'At most {max} for now; it rises with your score'],
  ),
  review_closed: entry(
    409,
    ['评价期已过', '订单结束后 {days} 天内可以评价'],
    ['The time for reviews is over', 'Reviews are open for {days} days after an order ends'],
  ),
  review_written: entry(
    409,
    ['您已评价过这笔订单', '评价提交后不能修改，这样双方都放心'],
    [
      'You have reviewed this order',
      'A review stays as it was written, so that both can rely on it',
    ],
  ),
  messages_too_many: entry(
    429,
    ['发送太频繁', '每小时最多 {max} 条，请稍后再发'],
    ['Too many messages', 'At most {max} an hour; please wait a little'],
  ),
  text_hidden_signs: entry(
    422,
    ['文字里有看不见的字符', '请删除后重新输入；可先粘贴为纯文本'],
    ['The text holds invisible signs', 'Remove them, for instance by pasting as plain text'],
  ),
  text_markup: entry(
    422,
    ['文字里不能有网页代码', '请只用普通文字描述'],
    ['The text holds markup', 'Please describe it in plain words'],
  ),
  text_card_secret: entry(
    422,
    ['请勿在文字里写卡号或密码', '卡密只通过“查看卡密”交付；请删掉号码后再发送'],
    [
      'Please write no card number or PIN',
      'Secrets are shown by the card page only; remove the number and send again',
    ],
  ),
  text_contact: entry(
    422,
    ['请勿留联系方式', '离开平台交易没有担保；请删掉后再发送'],
    [
      'Please leave no contact details',
      'Outside the platform nothing protects you; remove them and send again',
    ],
  ),
  words_forbidden: entry(
    422,
    ['内容含有违规用语', '请删除涉及银行卡、电话卡、账号买卖或套现的内容（{citation}）'],
    [
      'Forbidden words',
      'Remove offers of bank cards, SIM cards, accounts or cash-out ({citation})',
    ],
  ),

  // settlement
  account_number_invalid: entry(
    422,
    ['银行卡号不正确', '请核对 16–19 位卡号后重新填写'],
    ['This account number is not right', 'Check its 16–19 digits and enter it again'],
  ),
  payout_name_mismatch: entry(
    422,
    ['户名与实名不一致', '请使用本人名下的银行账户'],
    ['The account is in another name', 'Use an account in your own verified name'],
  ),
  nothing_to_pay: entry(
    409,
    ['没有待付款项', '等有新的付款后再生成批次'],
    ['There is nothing to pay', 'Make a run when payouts are waiting'],
  ),
  maker_cannot_approve: entry(
    403,
    ['制单人不能复核', '请由另一位财务人员复核'],
    ['The maker cannot approve', 'Another person of finance has to approve it'],
  ),
  callback_forged: entry(
    401,
    ['通知未通过验签', '请使用有效的密钥重新签名并发送'],
    ['The callback is not signed by the custody bank', 'Sign it anew with the registered key'],
  ),
  callback_unknown: entry(
    404,
    ['通知对应的单据不存在', '请核对商户、单号与金额'],
    ['The callback names no transfer of ours', 'Check merchant, number and amount'],
  ),
  already_paid: entry(
    409,
    ['这笔订单已经付过款', '请刷新页面查看进度，无需再次付款'],
    ['This has been paid already', 'Refresh the page to see where it stands; do not pay again'],
  ),
  refund_too_much: entry(
    409,
    ['退款超过实付金额', '请核对已退款的记录后重新填写金额'],
    ['More would go back than was paid', 'Check what was refunded before and correct the amount'],
  ),
  split_too_much: entry(
    409,
    ['分账超过剩余金额', '请核对已分账和已退款的金额'],
    ['More would be split than is left', 'Check what was split and refunded before'],
  ),
  split_over_cap: entry(
    409,
    ['平台所得超过渠道上限 {percent}%', '请降低服务费，或更换收款渠道'],
    ['The shares of others exceed the cap of {percent}%', 'Lower the fees or use another channel'],
  ),
  split_too_many: entry(
    409,
    ['分账次数超过渠道上限', '请合并收款方后再试'],
    ['The channel takes no more splits of this pay-in', 'Join receivers and try again'],
  ),
  reserve_short: entry(
    409,
    ['保障金余额不足', '请先补充保障金'],
    ['The reserve does not cover this', 'Top up the reserve first'],
  ),
  credit_code_invalid: entry(
    422,
    ['统一社会信用代码有误', '请核对 18 位代码，最后一位是校验码'],
    [
      'The unified social credit code is wrong',
      'Check its 18 characters; the last is a check digit',
    ],
  ),
  charity_known: entry(
    409,
    ['这家慈善组织已登记', '请在列表中查看'],
    ['This charity is registered already', 'Find it in the list'],
  ),
  charity_not_choosable: entry(
    409,
    ['暂不能捐给这家慈善组织', '请选择其他慈善组织'],
    ['This charity cannot be chosen now', 'Choose another one'],
  ),

  // finding on the market
  search_too_long: entry(
    400,
    ['搜索词太多', '请最多输入 {most} 个词'],
    ['Too many words to look for', 'Use at most {most} words'],
  ),
  saved_search_limit: entry(
    409,
    ['保存的搜索已满', '最多保存 {most} 个，请先删除不用的'],
    ['You have saved as many searches as one may', 'Delete one of the {most} first'],
  ),
  want_limit: entry(
    409,
    ['求购单已满', '最多同时求购 {most} 单，请先撤回不需要的'],
    ['You offer to buy as much as one may', 'Take back one of the {most} first'],
  ),
  want_not_met: entry(
    409,
    ['这张卡不符合求购条件', '请核对商品、面值、验卡等级和价格'],
    ['The card is not what is wanted', 'Check product, value, grade and price'],
  ),
  alert_too_wide: entry(
    400,
    ['提醒条件太宽', '请选定商品或品类，并填写最高价或最高折扣'],
    ['The alert would fit too much', 'Name a product or category, and a highest price or discount'],
  ),

  // recyclers
  licence_taken: entry(
    409,
    ['该执照已有商户入驻', '同一执照只能有一个账户；请让店主邀请您加入'],
    [
      'This licence has an account already',
      'One licence, one account: ask its owner to invite you',
    ],
  ),
  legal_name_invalid: entry(
    422,
    ['企业名称有误', '请按营业执照逐字填写'],
    ['The company name is not right', 'Write it as the licence does'],
  ),
  licence_being_checked: entry(
    409,
    ['执照正在核验', '请等待登记机关答复后再修改'],
    ['The licence is being checked', 'Wait for the answer of the register, then correct it'],
  ),
  licence_is_another: entry(
    409,
    ['不能更换为另一张执照', '更换主体请先退出，再用新执照申请'],
    ['This is another licence', 'To change the company, leave first and apply anew'],
  ),
  licence_check_needed: entry(
    409,
    ['执照核验已过期', '请商户先重新提交执照'],
    ['The licence has to be confirmed first', 'The recycler must submit it again'],
  ),
  recycler_limit: entry(
    409,
    ['店铺数量已达上限', '一人最多开 {most} 家店'],
    ['You have as many shops as one may', 'One person may own {most}'],
  ),
  recycler_not_active: entry(
    409,
    ['商户暂不能出价', '请在店铺首页查看原因'],
    ['This recycler may not bid now', 'The home page of the shop says why'],
  ),
  team_role_needed: entry(
    403,
    ['您在店里的角色不能这样做', '请店主操作，或请店主调整您的角色'],
    ['Your role in the shop does not allow it', 'Ask an owner to do it, or for another role'],
  ),
  team_full: entry(
    409,
    ['成员或邀请已满', '最多 {members} 名成员、{invites} 份待接受邀请'],
    ['The team is full', 'At most {members} members and {invites} open invitations'],
  ),
  team_member: entry(
    409,
    ['此人已在店里', '请直接调整其角色'],
    ['This person is in the team already', 'Change their role instead'],
  ),
  last_owner: entry(
    409,
    ['店里至少要有一位店主', '请先让另一位成员成为店主'],
    ['A shop needs an owner', 'Make another member an owner first'],
  ),
  key_limit: entry(
    409,
    ['密钥数量已满', '最多 {most} 个，请先停用不用的'],
    ['There are as many keys as there may be', 'Revoke one of the {most} first'],
  ),
  network_invalid: entry(
    422,
    ['IP 地址或网段有误', '例如 203.0.113.7 或 203.0.113.0/24'],
    ['This is no IP address or network', 'For example 203.0.113.7 or 203.0.113.0/24'],
  ),
  key_scope_needed: entry(
    403,
    ['密钥没有这项权限', '请店主新建带有此权限的密钥'],
    ['The key may not do this', 'Ask the owner for a key with this scope'],
  ),
  // webhooks
  webhook_url: entry(
    422,
    ['推送地址不可用', '须为 https 公网地址，端口 443 或 1024 以上，不含用户名密码'],
    [
      'Webhooks cannot be sent to this address',
      'Use https, a public host, port 443 or above 1023, and no name or password in it',
    ],
  ),
  webhook_limit: entry(
    409,
    ['推送地址已满', '最多 {most} 个，请先删除不用的'],
    ['There are as many webhooks as there may be', 'Remove one of the {most} first'],
  ),
  webhook_disabled: entry(
    409,
    ['推送地址已停用', '请先启用，再发送'],
    ['This webhook is switched off', 'Switch it on, then send'],
  ),
  webhook_shop_stopped: entry(
    409,
    ['店铺已停业，不能设置推送', '现有地址仍可查看和删除'],
    ['The shop is stopped, so webhooks cannot be set up', 'You may still look and remove'],
  ),

  checklist_open: entry(
    409,
    ['还有材料没有备齐', '请按清单补齐后再开业'],
    ['Something is still missing', 'Complete the checklist, then open'],
  ),
  recycler_money_stopped: entry(
    409,
    ['现在不能充值或提现', '请在店铺首页查看当前状态和原因'],
    ['Money cannot be moved now', 'The home page of the shop says where it stands and why'],
  ),
  top_up_amount: entry(
    422,
    ['充值金额超出范围', '每次 {least} 至 {most} 元'],
    ['The amount is out of bounds', 'From {least} to {most} yuan at a time'],
  ),
  top_up_limit: entry(
    409,
    ['等待入账的充值过多', '最多同时 {most} 笔，请等银行处理完再试'],
    ['Too many top-ups are waiting', 'At most {most} at once: wait for the bank'],
  ),
  company_account_needed: entry(
    409,
    ['还没有企业收款账户', '请先填写以企业名称开立的账户'],
    ['There is no account to pay to', 'Name an account in the company’s name first'],
  ),
  payee_unknown: entry(
    422,
    ['收款人不存在或未实名', '请核对用户编号'],
    ['The payee is unknown, or has no verified name', 'Check the id of the person'],
  ),
  default_known: entry(
    409,
    ['这笔订单已提过赔付', '请在列表中查看'],
    ['This order was proposed before', 'Find it in the list'],
  ),
  deposit_needed: entry(
    409,
    ['保证金不足', '请先交足保证金再升级'],
    ['The deposit is not enough', 'Pay the deposit first'],
  ),
  // exchange
  relay_budget: entry(
    429,
    ['今天由平台代发的链上操作已达上限', '请 24 小时后再试，或用自己的钱包直接发送'],
    [
      'Today’s transactions sent by the house are used up',
      'Try again in 24 hours, or send it with your own wallet',
    ],
  ),
  wallet_proof: entry(
    400,
    ['钱包签名没有通过验证', '请重新发起签名；每个验证码只能用一次，10 分钟内有效'],
    [
      'The wallet’s signature does not prove it',
      'Sign again; each number works once, within 10 minutes',
    ],
  ),
  wallet_unknown: entry(
    403,
    ['这个钱包还没有绑定账户', '请先用手机号登录，再到“链上交易 → 钱包”绑定它；绑定后即可用它登录'],
    [
      'No account has bound this wallet',
      'Sign in by phone, bind it under Exchange → Wallet, and it signs you in from then on',
    ],
  ),
  wallet_contract: entry(
    400,
    ['合约钱包（ERC-1271）不能用于登录和绑定', '请用普通钱包地址签名，或用手机号登录'],
    [
      'Contract wallets (ERC-1271) can neither sign in nor be bound',
      'Sign by a plain wallet address, or sign in by phone',
    ],
  ),
  wallet_taken: entry(
    409,
    ['这个钱包已绑定其他账户', '请换一个钱包，或先在原账户解绑'],
    ['This wallet belongs to another account', 'Use another wallet, or unbind it there first'],
  ),
  too_many_wallets: entry(
    409,
    ['最多绑定 {max} 个钱包', '请先解绑不用的钱包'],
    ['At most {max} wallets', 'Unbind one that you do not use'],
  ),
  token_expires_soon: entry(
    422,
    ['卡片有效期太短，不能上链', '有效期至少还要 {days} 天；可以走回收'],
    [
      'The card expires too soon to go on chain',
      'It must live {days} days more; buyback may take it',
    ],
  ),
  bad_signature: entry(
    400,
    ['签名与内容不符', '请用绑定的钱包重新签名'],
    ['The signature does not fit', 'Sign again with the wallet you bound'],
  ),
  deadline_invalid: entry(
    422,
    ['期限不合适', '至少 30 分钟，最长 90 天，且不晚于卡片到期'],
    [
      'The deadline does not fit',
      'At least 30 minutes, at most 90 days, and before the card expires',
    ],
  ),
  price_above_cap: entry(
    422,
    ['超过试点单笔上限', '请把价格降到 {cap} 分以内'],
    ['Above the sandbox’s cap for one sale', 'Ask for {cap} fen at most'],
  ),
  auction_terms: entry(
    422,
    [
      '拍卖条款不合规则',
      '结束价不高于起始价，先开始后结束；密封拍卖的出价和公开各需 1 小时到 14 天',
    ],
    [
      'The terms do not fit the rules',
      'The price ends no higher than it starts, and starts before it ends; a sealed auction takes bids, and has them opened, for an hour to 14 days each',
    ],
  ),
  already_on_offer: entry(
    409,
    ['这张卡已在挂单', '请先撤下原来的挂单'],
    ['The card is on offer already', 'Take the other offer down first'],
  ),
  own_offer: entry(
    409,
    ['不能买自己的挂单', '可以撤单'],
    ['This is your own offer', 'You can take it down'],
  ),
  not_admitted: entry(
    403,
    ['钱包的实名登记还没有上链', '通常几秒后就好，请稍后再试'],
    ['The wallet’s real-name check is not on the chain yet', 'It takes a few seconds; try again'],
  ),
  money_short: entry(
    409,
    ['钱包余额不足', '请先充值再买'],
    ['Not enough money in the wallet', 'Top it up first'],
  ),
  card_frozen: entry(
    409,
    ['这张卡已冻结，暂时不能买卖', '请到卡片页面查看原因；核实无误后会解冻'],
    [
      'This card is frozen and cannot be traded now',
      'Its page says why; it is freed once it is found good',
    ],
  ),
  card_lock_ends: entry(
    409,
    ['发卡方不再续锁这张卡，现在不能买卖', '请在锁定到期前销毁凭证、取出卡密并用掉'],
    [
      'The issuer locks this card no longer, so it cannot be traded',
      'Burn the token, fetch the secret and use the card before the lock ends',
    ],
  ),
  buyer_not_admitted: entry(
    409,
    ['买方钱包的实名登记还没有恢复', '请买方重新登记实名，链上生效后再办'],
    [
      'The buyer’s wallet is not admitted again yet',
      'Let the buyer renew the real-name check; come back when the chain has it',
    ],
  ),
  token_not_lockable: entry(
    409,
    ['这家发卡方不能锁卡，也不能换卡号，这张卡不能上链', '可以用回收或寄售卖掉'],
    [
      'This issuer can neither lock a card nor move it, so it cannot go on chain',
      'Sell it by buyback or on the market',
    ],
  ),
  issuer_event_forged: entry(
    401,
    ['发卡方通知未通过验签', '请用登记的密钥重新签名，并使用新的通知编号'],
    ['The event is not signed by this issuer', 'Sign it anew, under a number of its own'],
  ),
  nonce_used: entry(
    409,
    ['这个序号的交易已经发出过', '请刷新页面后重新签名'],
    ['A transaction with this number has been sent already', 'Refresh the page and sign again'],
  ),
  already_bid: entry(
    409,
    ['您对这张卡已有出价', '请等卖方交付，或等原来的出价过期'],
    ['You have a bid on this card already', 'Wait for its seller, or until it lapses'],
  ),
  own_token: entry(
    409,
    ['这是您自己的卡', '请选择别人持有的卡'],
    ['This card is yours', 'Choose a card that somebody else holds'],
  ),
  offer_exists: entry(
    409,
    ['您已有一个有效的出价或换卡提议', '请先撤回原来的，再提出新的'],
    ['You have a bid or swap on this already', 'Withdraw it first, then make the new one'],
  ),
  offer_unfunded: entry(
    409,
    ['对方的余额、授权或实名登记已不够成交', '现在不会成交，也不会扣款；等对方补足，或接受别的'],
    [
      'The other side cannot pay for it now',
      'Nothing is settled and nothing is taken; wait until they can, or take another one',
    ],
  ),
  card_with_contract: entry(
    409,
    [
      '这张卡由合约保管，不能解冻',
      '请买方重新实名登记，再由治理密钥按案件把卡过户给买方，之后才能解冻',
    ],
    [
      'This card lies with the contract and cannot be freed',
      'Let its buyer be admitted anew and the governor hand it over under a case; it can be freed then',
    ],
  ),
  no_reissue: entry(
    409,
    [
      '这张卡不能由发卡方换发',
      '发卡方没有换发能力，或它的签名密钥还没有在链上生效；请用平台保险库交付的方式',
    ],
    [
      'The issuer cannot re-issue this card',
      'It has no such service, or the chain does not know its key yet; use delivery by the vault',
    ],
  ),
  reissue_open: entry(
    409,
    ['发卡方还没有说明这张卡哪个密码有效', '我们每十分钟询问一次，答复后就可以取卡密'],
    [
      'The issuer has yet to say which PIN of this card is good',
      'We ask every ten minutes; fetch the secret once it has answered',
    ],
  ),
  no_own_secret: entry(
    409,
    ['这张卡不能由卖方亲自交付', '卡密已由发卡方换发或已转手，请用平台保险库交付的方式购买'],
    [
      'The seller cannot deliver this card in person',
      'Its secret was replaced by the issuer or has changed hands; buy it with delivery by the vault',
    ],
  ),
  permit_needed: entry(
    409,
    ['还没有授权合约扣款', '请签署一次扣款授权'],
    ['The contract may not take the money yet', 'Sign a permit for the price'],
  ),
  // auctions
  auction_not_open: entry(
    409,
    ['竞价还没开始', '请在开始时间之后再出价'],
    ['The auction has not opened', 'Bid after it opens'],
  ),
  auction_closed: entry(
    409,
    ['竞价已经截止', '以服务器时间为准，请看看其他场次'],
    ['The auction is closed', 'The time of the server counts; look at other auctions'],
  ),
  bid_too_low: entry(
    409,
    ['出价低于当前最低有效价', '请至少出 {leastFen} 分'],
    ['The bid is below what it takes now', 'Bid at least {leastFen} fen'],
  ),
  price_function_unsound: entry(
    422,
    ['降价规则不成立', '起拍价不低于保留价，每步降幅和间隔都要大于零'],
    [
      'The price function does not work',
      'Start at or above the reserve; step and interval must be above zero',
    ],
  ),
  price_function_changed: entry(
    409,
    ['降价规则与您看到的不一致', '请刷新页面，核对规则后再决定'],
    ['The price function is not the one you saw', 'Refresh the page and look again'],
  ),
  price_above_limit: entry(
    409,
    ['当前价高于您同意的上限', '现在是 {priceFen} 分，请确认后再试'],
    ['The price is above what you agreed to', 'It is {priceFen} fen now; confirm and try again'],
  ),
  wrong_format: entry(
    409,
    ['这场竞价不是这种出价方式', '请按本场规则出价'],
    ['This auction is not bid in that way', 'Bid by the rules of this auction'],
  ),
  bid_above_wallet: entry(
    409,
    ['出价超过钱包可用余额', '可用 {freeFen} 分，请先充值'],
    ['The bid is above what the wallet has free', '{freeFen} fen are free; top up first'],
  ),
  bid_above_face: entry(
    422,
    ['出价高于面值', '请检查金额'],
    ['The bid is above the face value', 'Check the amount'],
  ),
  envelope_used: entry(
    409,
    ['已经投过标，或与他人的标书相同', '每场只能投一次，投出后不能修改'],
    [
      'A bid was handed in, or it is a copy of another',
      'One sealed bid each, and it cannot change',
    ],
  ),
  reveal_mismatch: entry(
    422,
    ['开标内容与投标时不一致', '请核对价格和随机数，与投标时完全相同'],
    ['This does not open the sealed bid', 'Use the very price and salt of the bid'],
  ),
  not_revealing: entry(
    409,
    ['现在还不能开标', '截止后 10 分钟内开标'],
    ['It is too early to open the bid', 'Open it within 10 minutes of the end'],
  ),
  auction_has_bids: entry(
    409,
    ['已有有效出价，不能撤回', '请等待本场结束'],
    ['There is a valid bid; the card cannot be taken back', 'Wait for the end'],
  ),
  auction_times_unsound: entry(
    422,
    ['竞价时间不合适', '开始时间在 6 天内，时长 5 分钟到 7 天'],
    ['These times do not work', 'Begin within 6 days and stay open 5 minutes to 7 days'],
  ),
  reserve_above_face: entry(
    422,
    ['保留价高于面值', '请降低保留价'],
    ['The reserve is above the face value', 'Lower the reserve'],
  ),
  card_not_lockable: entry(
    422,
    ['这类卡的发卡方不支持锁定，不能竞价', '请用回收或寄售卖出'],
    ['Its issuer cannot lock this card, so it cannot be auctioned', 'Sell it by quote or listing'],
  ),
  curve_unsound: entry(
    422,
    ['报价阶梯不成立', '每一档的折扣要低于上一档，折扣和张数都要大于零，最多 20 档'],
    [
      'The price curve does not work',
      'Each step below the one before, rates and quantities above zero, 20 steps at most',
    ],
  ),
  bid_range_unsound: entry(
    422,
    ['收卡范围不成立', '请检查面值、有效期、时段和每日预算的上下限'],
    ['The range of the bid does not work', 'Check face, days, hours and the daily budget'],
  ),
  bid_unfunded: entry(
    422,
    ['钱包余额不足以支持这条报价', '至少需要可用余额 {neededFen} 分，请先充值'],
    ['The wallet cannot back this bid', 'It needs {neededFen} fen free; top up first'],
  ),
  too_many_bids: entry(
    409,
    ['报价条数已达上限', '最多同时挂 {max} 条，请先停用一些'],
    ['Too many bids stand already', 'At most {max} at once; stop some first'],
  ),
  buyer_gone: entry(
    409,
    ['出价的回收商已撤回或余额不足', '您没有任何损失，请重新询价，价格会按最新出价计算'],
    [
      'The buyer behind this price has withdrawn or cannot pay',
      'Nothing is lost: ask for a price again',
    ],
  ),
  own_card: entry(
    403,
    ['不能把卡卖给与您有关联的回收商', '请重新询价并选择平台自营收卡'],
    [
      'You may not sell to a recycler of your own',
      'Ask again for the price of the platform itself',
    ],
  ),

  // fulfilment
  already_reported: entry(
    409,
    ['这张卡已经报告过', '每张卡只能报告一次；结果见订单页'],
    ['This card was reported already', 'One report a card; the order shows what became of it'],
  ),
  report_late: entry(
    409,
    ['报告时间已过，按验收通过处理', '请在打款后 7 天内报告问题'],
    ['The time for reports is over: silence accepted the card', 'Report within 7 days of payment'],
  ),
  card_resold: entry(
    409,
    ['这张卡正在市场上转售，或已售出', '请先撤回转售'],
    ['This card is on the market, or was sold there', 'Take it off the market first'],
  ),
  // lots
  second_person_needed: entry(
    403,
    ['需要本公司的另一位成员来做', '经办与复核须是两个人，请让同事登录完成'],
    [
      'Another person of your company has to do this',
      'Maker and checker are two people: ask a colleague',
    ],
  ),
  lot_file_too_large: entry(
    413,
    ['文件太大', '最大 {maxMb} MB，请拆成几个批次'],
    ['The file is too large', 'At most {maxMb} MB; split it into several lots'],
  ),
  lot_file_incomplete: entry(
    409,
    ['文件没有传完', '已收到 {bytes} 字节，请从这里继续上传'],
    ['The file has not arrived in full', '{bytes} bytes are here; go on from there'],
  ),
  lot_file_known: entry(
    409,
    ['这个文件已经上传过', '它属于另一个进行中的批次，请不要重复上传'],
    ['This very file was uploaded before', 'It belongs to another lot; do not upload it twice'],
  ),
  lot_file_old: entry(
    422,
    ['旧版或加密的表格不能读取', '请去掉密码，另存为 XLSX 或 CSV'],
    [
      'Old or encrypted spreadsheets cannot be read',
      'Remove the password and save it as XLSX or CSV',
    ],
  ),
  lot_file_unreadable: entry(
    422,
    ['文件读不懂', '问题出在第 {row} 行附近，请用模板重新保存'],
    [
      'The file cannot be read',
      'It stops making sense near row {row}; save it anew from the template',
    ],
  ),
  lot_file_encoding: entry(
    422,
    ['文字编码不认识', '请另存为 UTF-8 或 GB18030 编码的 CSV，或用 XLSX'],
    ['The encoding is not known', 'Save it as CSV in UTF-8 or GB18030, or as XLSX'],
  ),
  lot_file_bomb: entry(
    422,
    ['文件解压后异常庞大', '请只保留卡片数据，用模板重新保存'],
    [
      'The file unpacks to an unreasonable size',
      'Keep the cards only and save it from the template',
    ],
  ),
  lot_file_entity: entry(
    422,
    ['文件含有不允许的定义', '请用常见的表格软件重新保存'],
    [
      'The file defines things that are not allowed',
      'Save it anew with a common spreadsheet program',
    ],
  ),
  lot_file_sheets: entry(
    422,
    ['文件应只有一个工作表，现有 {count} 个', '请把卡片放在一个工作表里，删除其余的'],
    [
      'One sheet is expected, there are {count}',
      'Put the cards into one sheet and remove the others',
    ],
  ),
  lot_file_heads: entry(
    422,
    ['表头缺少或重复：{heads}', '请使用模板的表头'],
    ['Heads are missing or come twice: {heads}', 'Use the heads of the template'],
  ),
  lot_file_empty: entry(
    422,
    ['文件里没有卡片', '请从第二行开始填写'],
    ['There is no card in the file', 'Begin in the second row'],
  ),
  lot_file_rows: entry(
    422,
    ['超过 {max} 行', '请拆成几个批次'],
    ['More than {max} rows', 'Split it into several lots'],
  ),
  lot_rows_differ: entry(
    422,
    ['申报 {declared} 张，文件里是 {found} 张', '请核对文件是否完整，或改正申报张数'],
    [
      '{declared} cards were declared, the file has {found}',
      'Check that the file is whole, or declare anew',
    ],
  ),
  lot_papers_missing: entry(
    422,
    ['缺少授权书或购卡凭证', '请先上传这两种材料'],
    ['Authorisation or proof of purchase is missing', 'Add both kinds of papers first'],
  ),
  lot_papers_full: entry(
    409,
    ['材料已达 {max} 份', '请合并后再传'],
    ['There are {max} papers already', 'Put them together'],
  ),
  lot_no_good_rows: entry(
    422,
    ['没有一张卡可用', '请下载结果文件，改正后重新上传'],
    ['No card of the file was taken', 'Download the result, mend it and upload again'],
  ),
  lot_sample_order: entry(
    409,
    ['抽检须按抽中的顺序记录', '请刷新后从下一张继续'],
    ['Results go in the order of the draw', 'Refresh and go on with the next card'],
  ),
  lot_times_unsound: entry(
    422,
    ['截止时间不合适', '报价时间为 1 小时到 7 天'],
    ['This deadline does not work', 'Stay open between one hour and seven days'],
  ),
  lot_parts_unsound: entry(
    422,
    ['分包或批次太多', '最多 {max} 个分包、5 批交付'],
    ['Too many parts or tranches', 'At most {max} parts and 5 tranches'],
  ),
  lot_reserve_unsound: entry(
    422,
    ['底价不成立', '竞价须为每个分包填写不高于面值的底价；询价不填'],
    [
      'The reserves do not work',
      'An auction needs one for each part, at most its face; quotes have none',
    ],
  ),
  lot_not_open: entry(
    409,
    ['这个批次不在报价中', '已截止或尚未开放，请查看其他批次'],
    ['This lot takes no bids now', 'It is closed or not open yet; look at others'],
  ),
  own_lot: entry(
    403,
    ['不能购买本公司或关联方的批次', '请查看其他批次'],
    ['You may not buy a lot of your own or of related people', 'Look at other lots'],
  ),
  lot_price_unsound: entry(
    422,
    ['报价不在合理范围', '请填面值的 1% 到 100%'],
    ['The price is out of range', 'Between 1 % and 100 % of the face'],
  ),
  lot_one_bid: entry(
    409,
    ['这个分包已经报过价', '密封报价只能提交一次'],
    ['You have bid for this part', 'A sealed bid is made once'],
  ),
  lot_contract_changed: entry(
    409,
    ['合同内容与您看到的不一致', '请刷新后重新阅读再确认'],
    ['The contract is not the one you read', 'Refresh, read it again and confirm'],
  ),
  lot_handing_over: entry(
    409,
    ['卡片正在交付', '请稍候片刻再取'],
    ['The cards are being handed over', 'Wait a moment and try again'],
  ),
  lot_rows_unknown: entry(
    422,
    ['有些行不属于这一批，或已经处理', '请按取卡文件里的行号填写，不要重复'],
    [
      'Some rows are not of this tranche, or settled',
      'Use the row numbers of the card file, each once',
    ],
  ),
  lot_beyond_hold_back: entry(
    422,
    ['超出尾款', '尾款剩余 {backFen} 分，只能就这部分提出异议'],
    ['This is more than the hold-back', '{backFen} fen are left; dispute no more than that'],
  ),

  // parties: the same words for every reason, so that none can be told from another
  until_invalid: entry(
    422,
    ['截止日期不合适', '不早于今天，最长一年；到期前可重新提交'],
    [
      'The last day does not fit',
      'Not before today and at most a year ahead; propose it anew then',
    ],
  ),
  party_on_hold: entry(
    409,
    ['暂时不能办理', '账户资料正在例行核对，核对完成前不能交易和收款；如有疑问请联系客服'],
    [
      'This cannot be done for the moment',
      'A routine check of the account is not finished; until then it can neither trade nor be paid. Support can help',
    ],
  ),
} as const satisfies Record<string, Entry>;

export type RefusalCode = keyof typeof refusals;

/** Values only: what is needed to fill the words. Never a secret, a name or a number of a person. */
export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly params?: Readonly<Record<string, string | number>>;
  /** Transitions this caller may take now. */
  readonly allowed?: readonly string[];
}

export const isRefusal = (value: object): value is Refusal => 'ok' in value && value.ok === false;

export const refuse = (
  code: RefusalCode,
  params?: Record<string, string | number>,
  allowed?: readonly string[],
): Refusal => ({ ok: false, code, ...(params && { params }), ...(allowed && { allowed }) });

/** A refusal on its way out: thrown only so that the transaction rolls back. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(
    code: RefusalCode | Refusal,
    params?: Record<string, string | number>,
    allowed?: readonly string[],
  ) {
    const refusal = typeof code === 'string' ? refuse(code, params, allowed) : code;
    super(refusal.code);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

export type Language = 'zh' | 'en';

export function wordsFor(refusal: Refusal, language: Language): Words {
  const words: Words = refusals[refusal.code][language];
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (hole, name: string) => String(refusal.params?.[name] ?? hole));
  return { title: fill(words.title), remedy: fill(words.remedy) };
}

/** zh unless the caller asks for English first. */
export const languageOf = (acceptLanguage: string | undefined): Language =>
  /^\s*en\b/i.test(acceptLanguage ?? '') ? 'en' : 'zh';

const FAULTS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  required: { zh: '请填写', en: 'Please fill this in' },
  additionalProperties: { zh: '没有这一项', en: 'There is no such field' },
  type: { zh: '类型不对', en: 'Of another kind than asked for' },
  enum: { zh: '请从可选项中选择', en: 'Please choose one of those offered' },
  pattern: { zh: '格式不对', en: 'Not in the form that is asked for' },
  format: { zh: '格式不对', en: 'Not in the form that is asked for' },
  minLength: { zh: '至少要 {limit} 个字', en: 'Needs {limit} characters at least' },
  maxLength: { zh: '最多 {limit} 个字', en: 'Takes {limit} characters at most' },
  minItems: { zh: '至少要 {limit} 项', en: 'Needs {limit} entries at least' },
  maxItems: { zh: '最多 {limit} 项', en: 'Takes {limit} entries at most' },
  minProperties: { zh: '至少要 {limit} 项', en: 'Needs {limit} entries at least' },
  maxProperties: { zh: '最多 {limit} 项', en: 'Takes {limit} entries at most' },
  uniqueItems: { zh: '有重复', en: 'One is there twice' },
  minimum: { zh: '不能小于 {limit}', en: 'Not below {limit}' },
  maximum: { zh: '不能大于 {limit}', en: 'Not above {limit}' },
  multipleOf: { zh: '要是 {limit} 的整倍数', en: 'A whole multiple of {limit} is asked for' },
};

/** What is wrong with one field of a request, from the keyword of JSON Schema that it fails. The rule itself is in the document. */
export function fieldWords(
  { keyword, params }: { keyword: string; params: Readonly<Record<string, unknown>> },
  language: Language,
): string {
  const isEmpty = keyword === 'minLength' && params['limit'] === 1;
  const words = FAULTS[isEmpty ? 'required' : keyword];
  if (!words) return language === 'en' ? 'Not as asked for' : '不符合要求';
  return words[language].replace('{limit}', String(params['limit'] ?? params['multipleOf']));
}
