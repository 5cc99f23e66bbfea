// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IExchangeTypes} from "./IExchange.sol";
import {ILogAnchor} from "./ILogAnchor.sol";
import {IERC7943NonFungible} from "./interfaces/Standards.sol";
import {AccountSlot} from "./lib/AccountSlot.sol";
import {AuctionSlots} from "./lib/AuctionSlots.sol";
import {CardSlot, CardSlots} from "./lib/CardSlot.sol";
import {Features} from "./lib/Features.sol";
import {FeeSplit} from "./lib/FeeSplit.sol";
import {Money} from "./lib/Money.sol";
import {Orders} from "./lib/Orders.sol";
import {Signatures} from "./lib/Signatures.sol";
import {TypedData} from "./lib/TypedData.sol";

/// @title What both halves of the exchange share: the configuration, the storage, the gates, and how a sale ends.
/// @dev `Exchange` holds the hot paths and delegates every other selector to `ExchangeExtension`, fixed for ever in its
/// byte code. All inherit this storage, after the one word of the authority, and nothing else that stores. There is no proxy and no upgrade: a new version is
/// a new address, and the signatures made for this one mean nothing there.
///
/// Order in every function: checks, state, events, then the money. A re-entrancy bit shares its word with the pause, so
/// that the guard costs about 2,400 gas and the pause nothing.
///
/// The balance of this contract is users' money (bids, holds, purses, proceeds of split cards) and what is `owed` to the
/// treasury out of sales that were paid from here. Fees and gifts of other sales go to the treasury at once.
abstract contract ExchangeBase is IExchangeTypes, TypedData {
    using Orders for Attest;

    // ------------------------------------------------------------------ constants (seconds, basis points)

    uint256 internal constant BPS = FeeSplit.BPS;
    /// @dev Each bid is at least 5 % above the last, rounded up.
    uint256 internal constant STEP_BPS = 500;
    uint256 internal constant EXTENSION_STEP = 15 minutes;
    /// @dev All extensions together: an auction ends, whatever the bidders do.
    uint256 internal constant EXTENSION_MAX = 2 hours;
    uint256 internal constant DURATION_MIN = 15 minutes;
    uint256 internal constant DURATION_MAX = 14 days;
    uint256 internal constant SEALED_WINDOW_MIN = 1 hours;
    uint256 internal constant SEALED_WINDOW_MAX = 14 days;
    /// @dev Of the bond of a commitment that was never opened; goes to the seller.
    uint256 internal constant FORFEIT_BPS = 2_000;
    /// @dev M1: the issuer's time to give the buyer a new secret.
    uint256 internal constant REISSUE_WINDOW = 3 days;
    /// @dev M2: the buyer's time to prove a wrong delivery.
    uint256 internal constant CLAIM_WINDOW = 3 days;
    /// @dev M2: what the seller's bond holds beyond the price, rounded up.
    uint256 internal constant BOND_EXTRA_BPS = 1_000;
    uint256 internal constant PAUSE_TIME = 7 days;
    uint256 internal constant EMERGENCY_SILENCE = 7 days;

    // ------------------------------------------------------------------ configuration, fixed for ever

    IERC20 internal immutable MONEY;
    /// @dev At deployment, for the comparison of the two halves.
    address internal immutable AUTHORITY;
    ILogAnchor internal immutable LOG_ANCHOR;
    uint256 internal immutable FEATURES;
    uint256 internal immutable PRICE_CAP;
    uint256 internal immutable APPROVAL_UNTIL;
    bytes32 internal immutable APPROVAL_ID;

    // ------------------------------------------------------------------ storage

    struct Purse {
        uint128 free;
        uint128 locked;
    }

    /// @dev `money`: the floor, and after the buy-out the proceeds.
    struct Fraction {
        uint48 supply;
        uint96 money;
        uint48 rest;
        uint16 feeBps;
        bool boughtOut;
    }

    struct Permission {
        address spender;
        uint32 nonce;
    }

    /// @dev By the high 216 bits of the card's id.
    mapping(uint256 cardKey => CardSlot) internal _cards;
    mapping(address account => AccountSlot) internal _accounts;
    /// @dev fen owed to the treasury (bits 0–127) | pausedUntil (128–167) | entered (168) | always one (169).
    uint256 internal _house;
    mapping(address account => Purse) internal _purses;
    /// @dev payee (bits 0–159) | credit in fen (160–255); without a payee there is no such charity.
    mapping(uint16 charityId => uint256) internal _charities;
    mapping(address signer => Signer) internal _signers;
    mapping(uint256 cardId => AuctionSlots) internal _auctions;
    mapping(uint256 cardId => HoldRecord) internal _holds;
    mapping(bytes32 sealedKey => SealedRecord) internal _sealed;
    mapping(bytes32 sealedKey => mapping(address bidder => bytes32)) internal _commitments;
    mapping(uint256 shareId => Fraction) internal _fractions;
    mapping(uint256 shareId => mapping(address holder => uint256)) internal _shares;
    mapping(bytes32 recordHash => uint256 bond) internal _deliveries;
    /// @dev Valid only while the card has the nonce at which it was given: no sale has to clear it.
    mapping(uint256 cardId => Permission) internal _approvals;
    mapping(address owner => mapping(address operator => bool)) internal _operators;
    mapping(uint256 cardId => bytes32 caseHash) internal _cases;
    address internal _feePayee;
    address internal _treasury;
    uint16[] internal _charityIds;
    string internal _baseUri;
    mapping(address operator => mapping(uint256 cardId => bytes32[])) internal _redemptions;
    /// @dev Place in the list above, plus one; 0: none.
    mapping(address operator => mapping(uint256 cardId => mapping(bytes32 redemptionId => uint256))) internal
        _redemptionAt;

    uint256 private constant PAUSE_SHIFT = 128;
    uint256 internal constant PAUSE_MASK = uint256(type(uint40).max) << PAUSE_SHIFT;
    uint256 private constant ENTERED = 1 << 168;
    /// @dev Keeps the word from ever being zero, which would make each guard cost 20,000.
    uint256 private constant ALWAYS = 1 << 169;

    constructor(Config memory config_) {
        if (config_.money == address(0) || config_.authority == address(0) || config_.logAnchor == address(0)) {
            revert ZeroAddress();
        }
        MONEY = IERC20(config_.money);
        AUTHORITY = config_.authority;
        LOG_ANCHOR = ILogAnchor(config_.logAnchor);
        FEATURES = config_.features;
        PRICE_CAP = config_.priceCap == 0 ? type(uint96).max : config_.priceCap;
        APPROVAL_UNTIL = config_.approvalUntil == 0 ? type(uint40).max : config_.approvalUntil;
        APPROVAL_ID = config_.approvalId;
        _house = ALWAYS;
    }

    // ------------------------------------------------------------------ one address, three parts

    function _requireSameConfig(Config memory config_, address part) internal view {
        (bool success, bytes memory answer) = part.staticcall(abi.encodeWithSignature("config()"));
        if (!success || keccak256(answer) != keccak256(abi.encode(config_))) revert ConfigMismatch();
    }

    /// @dev Runs the call on this storage with the code of `part`, and ends with its answer.
    function _delegate(address part) internal {
        assembly ("memory-safe") {
            // Nothing of Solidity's memory is used after this.
            calldatacopy(0, 0, calldatasize())
            let success := delegatecall(gas(), part, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            switch success
            case 0 { revert(0, returndatasize()) }
            default { return(0, returndatasize()) }
        }
    }

    // ------------------------------------------------------------------ gates

    /// @dev For what must always be possible: no re-entry, and no other condition.
    modifier exit() {
        _enter();
        _;
        _leave();
    }

    /// @dev For new business: the features exist, no pause, the approval runs, no re-entry. The word is written back as it
    /// was found: new business owes nothing to the treasury, and a pause cannot begin inside of it.
    modifier business(uint256 features) {
        _requireBusiness(features);
        uint256 house = _enter();
        _requireUnpaused(house);
        _;
        _house = house;
    }

    /// @dev As `business`, where all is written before the money moves: the guard is looked at and not set.
    modifier businessThenMoney(uint256 features) {
        _requireBusiness(features);
        _requireUnpaused(_requireOutside());
        _;
    }

    function _requireBusiness(uint256 features) internal view {
        _requireFeature(features);
        if (block.timestamp > APPROVAL_UNTIL) revert ApprovalEnded(uint40(APPROVAL_UNTIL));
    }

    function _requireUnpaused(uint256 house) internal view {
        uint40 until = uint40(house >> PAUSE_SHIFT);
        if (block.timestamp < until) revert Paused(until);
    }

    /// @return house the word as it was
    function _enter() internal returns (uint256 house) {
        house = _requireOutside();
        _house = house | ENTERED;
    }

    function _requireOutside() internal view returns (uint256 house) {
        house = _house;
        if (house & ENTERED != 0) revert Reentered();
    }

    function _leave() private {
        _house &= ~ENTERED;
    }

    function _pausedUntil() internal view returns (uint40) {
        return uint40(_house >> PAUSE_SHIFT);
    }

    function _setPausedUntil(uint256 until) internal {
        _house = (_house & ~PAUSE_MASK) | until << PAUSE_SHIFT;
        emit PausedUntil(uint40(until));
    }

    /// @dev All of `features`.
    function _requireFeature(uint256 features) internal view {
        if (FEATURES & features != features) revert FeatureOff();
    }

    // ------------------------------------------------------------------ money

    function _owed() internal view returns (uint256) {
        return uint128(_house);
    }

    /// @dev Cannot carry into the pause: what is owed lies here, and no money has 2^128 fen.
    function _owe(uint256 amount) internal {
        _house += amount;
    }

    function _pull(address from, address to, uint256 amount) internal {
        if (!Money.pull(address(MONEY), from, to, amount)) revert MoneyFailed();
    }

    /// @dev For money that somebody will own at `to`: it must have arrived whole, whatever the money pretends.
    function _pullWhole(address from, address to, uint256 amount) internal {
        uint256 before = Money.balanceOf(address(MONEY), to);
        _pull(from, to, amount);
        uint256 got = Money.balanceOf(address(MONEY), to) - before;
        if (got < amount) revert Insolvent(got, amount);
    }

    /// @dev To its owner, or, when the money refuses him, into his purse.
    function _pay(address to, uint256 amount) internal {
        if (!Money.push(address(MONEY), to, amount)) _credit(to, amount);
    }

    function _credit(address to, uint256 amount) internal {
        Purse memory purse = _purses[to];
        _setPurse(to, purse.free + amount, purse.locked);
        emit Credited(to, amount);
    }

    /// @dev Not nobody, and not this contract, whose money is others'.
    function _requireOutsider(address account) internal view {
        if (account == address(0) || account == address(this)) revert ZeroAddress();
    }

    // ------------------------------------------------------------------ minting

    function _attested(bytes32 structHash, uint256 deadline, bytes calldata signature)
        internal
        view
        returns (address verifier)
    {
        if (block.timestamp > deadline) revert Expired(deadline);
        (verifier,) = _requireSigner(SignerKind.VERIFIER, structHash, signature);
    }

    function _admitHolder(address holder, uint64 count) internal {
        Account storage place = _account(holder);
        AccountSlot account = place.slot;
        _admit(holder, account, block.timestamp);
        place.slot = account.plus(count);
    }

    /// @dev The word of a new card: at nonce 0, or at 1 when the first sale is in the same breath.
    function _mint(uint256 cardId, address owner, uint16 issuerClass, uint32 nonce) internal {
        _unexpired(cardId, block.timestamp);
        Card storage place = _place(cardId);
        if (CardSlot.unwrap(place.slot) != 0) revert AlreadyMinted(cardId);
        place.slot = CardSlots.pack(owner, nonce, uint40(cardId), State.ACTIVE, issuerClass);
        emit IERC721.Transfer(address(0), owner, cardId);
    }

    // ------------------------------------------------------------------ cards

    function _key(uint256 cardId) internal pure returns (uint256) {
        return cardId >> 40;
    }

    /// @dev The card under exactly this id: another expiry is another, unknown, card.
    function _card(uint256 cardId) internal view returns (CardSlot card) {
        card = _cards[_key(cardId)];
        if (card.state() == State.NONE || card.expiry() != uint40(cardId)) revert NoSuchCard(cardId);
    }

    /// @dev Exists in the sense of ERC-721: minted and not burnt.
    function _live(uint256 cardId) internal view returns (CardSlot card) {
        card = _cards[_key(cardId)];
        if (card.owner() == address(0) || card.expiry() != uint40(cardId)) {
            revert IERC721Errors.ERC721NonexistentToken(cardId);
        }
    }

    function _cardIn(uint256 cardId, State needed) internal view returns (CardSlot card) {
        card = _place(cardId).slot;
        if (!card.isIn(cardId, needed)) revert WrongState(cardId, _card(cardId).state());
    }

    /// @dev Why a card is not active, or not the caller's.
    function _refuseOwn(uint256 cardId, CardSlot card) internal view {
        if (!card.isIn(cardId, State.ACTIVE)) revert WrongState(cardId, _card(cardId).state());
        revert NotOwner(cardId, msg.sender);
    }

    /// @dev For sale: active, and not expired at `at`.
    function _sellable(uint256 cardId, uint256 at) internal view returns (CardSlot card) {
        card = _cardIn(cardId, State.ACTIVE);
        _unexpired(cardId, at);
    }

    function _unexpired(uint256 cardId, uint256 at) internal pure {
        unchecked {
            // 0, which is never, wraps to the top: one comparison for both.
            if (at > uint256(uint40(cardId)) - 1) revert CardExpired(cardId);
        }
    }

    /// @dev The owner's card goes to an admitted receiver, both not frozen, and is active there; its orders are void.
    function _move(uint256 cardId, CardSlot card, address to) internal {
        address from = card.owner();
        Account storage giver = _account(from);
        AccountSlot sender = giver.slot;
        if (sender.frozen()) revert IERC7943NonFungible.ERC7943CannotSend(from);
        giver.slot = sender.minus(1);
        // Read after the write: a holder may send to himself.
        Account storage taker = _account(to);
        AccountSlot receiver = taker.slot;
        _admit(to, receiver, block.timestamp);
        taker.slot = receiver.plus(1);
        _pass(cardId, _place(cardId), card, from, to);
    }

    /// @dev An active card goes to another owner; the accounts are the caller's.
    function _pass(uint256 cardId, Card storage place, CardSlot card, address from, address to) internal {
        place.slot = card.passed(to);
        emit IERC721.Transfer(from, to, cardId);
    }

    /// @dev A reference to the word, so that its place is computed once.
    struct Account {
        AccountSlot slot;
    }

    struct Card {
        CardSlot slot;
    }

    function _place(uint256 cardId) internal view returns (Card storage place) {
        mapping(uint256 cardKey => CardSlot) storage cards = _cards;
        assembly ("memory-safe") {
            mstore(0, shr(40, cardId))
            mstore(32, cards.slot)
            place.slot := keccak256(0, 64)
        }
    }

    function _account(address account) internal view returns (Account storage place) {
        mapping(address account => AccountSlot) storage accounts = _accounts;
        assembly ("memory-safe") {
            mstore(0, account)
            mstore(32, accounts.slot)
            place.slot := keccak256(0, 64)
        }
    }

    /// @dev Without the gate: the caller has looked.
    function _transfer(uint256 cardId, CardSlot card, address to, State state) internal {
        address from = card.owner();
        _accounts[from] = _accounts[from].minus(1);
        _accounts[to] = _accounts[to].plus(1);
        _put(cardId, card, from, to, state);
    }

    function _put(uint256 cardId, CardSlot card, address from, address to, State state) internal {
        _cards[_key(cardId)] = CardSlots.pack(to, card.nonce() + 1, uint40(cardId), state, card.issuerClass());
        emit IERC721.Transfer(from, to, cardId);
    }

    function _admit(address account, AccountSlot slot, uint256 needed) internal pure {
        if (!slot.admitted(needed)) revert NotAdmitted(account, uint40(needed));
    }

    function _isAdmitted(address account) internal view returns (bool) {
        return _accounts[account].admitted(block.timestamp);
    }

    function _store(uint256 cardId, CardSlot card) internal {
        _cards[_key(cardId)] = card;
    }

    // ------------------------------------------------------------------ signatures

    function _domainName() internal pure override returns (string memory) {
        return "Huiquan Exchange";
    }

    function _requireSigned(address signer, bytes32 structHash, bytes calldata signature) internal view {
        if (!Signatures.isBy(signer, _digest(structHash), signature)) revert BadSignature(signer);
    }

    /// @dev Recovers a registered key of this kind that is valid now. Registered keys are plain keys, no contracts.
    function _requireSigner(SignerKind kind, bytes32 structHash, bytes calldata signature)
        internal
        view
        returns (address signer, uint16 issuerClass)
    {
        signer = Signatures.recover(_digest(structHash), signature);
        issuerClass = _requireKey(kind, signer);
    }

    function _requireKey(SignerKind kind, address signer) internal view returns (uint16 issuerClass) {
        Signer storage entry = _signers[signer];
        uint256 word;
        assembly ("memory-safe") {
            word := sload(entry.slot)
        }
        // kind (bits 0–7) | from (8–47) | until (48–87) | issuer class (88–103), as the compiler packs a Signer.
        bool isValid =
            uint8(word) == uint8(kind) && block.timestamp >= uint40(word >> 8) && block.timestamp < uint40(word >> 48);
        if (!isValid) revert BadSigner(signer);
        issuerClass = uint16(word >> 88);
    }

    function _requireOrder(CardSlot card, uint32 nonce, uint256 deadline) internal view {
        if (card.nonce() != nonce) revert WrongNonce(card.nonce(), nonce);
        if (block.timestamp > deadline) revert Expired(deadline);
    }

    function _requirePrice(uint256 price) internal view {
        unchecked {
            // 0 wraps to the top: one comparison for both.
            if (price - 1 < PRICE_CAP) return;
        }
        if (price == 0) revert PriceZero();
        revert PriceAboveCap(price, PRICE_CAP);
    }

    // ------------------------------------------------------------------ how a sale ends

    struct Sale {
        uint256 cardId;
        address buyer;
        uint256 price;
        uint256 feeBps;
        uint256 charityBps;
        uint16 charityId;
    }

    /// @dev Shares a price out: `net` is the seller's, `taken` (fee + charity) the treasury's.
    function _share(Sale memory sale, address seller) internal returns (uint256 net, uint256 taken) {
        return _share(sale.cardId, seller, sale.buyer, sale.price, sale.feeBps, sale.charityBps, sale.charityId);
    }

    function _share(
        uint256 cardId,
        address seller,
        address buyer,
        uint256 price,
        uint256 feeBps,
        uint256 charityBps,
        uint16 charityId
    ) internal returns (uint256 net, uint256 taken) {
        uint256 charity;
        (taken, charity, net) = FeeSplit.split(price, feeBps, charityBps);
        // A gift of less than a fen is none; its charity must be known all the same, as where the terms are used later.
        if (charityBps != 0) _give(charityId, charity);
        bytes32 topic = Settled.selector;
        assembly ("memory-safe") {
            let told := mload(0x40)
            mstore(told, shr(96, shl(96, seller)))
            mstore(add(told, 32), shr(96, shl(96, buyer)))
            mstore(add(told, 64), price)
            mstore(add(told, 96), taken)
            mstore(add(told, 128), charity)
            mstore(add(told, 160), net)
            mstore(add(told, 192), and(charityId, 0xffff))
            log2(told, 224, topic, cardId)
        }
        unchecked {
            // Together at most the price.
            taken += charity;
        }
    }

    function _give(uint16 charityId, uint256 amount) private {
        uint256 charity = _charities[charityId];
        if (charity == 0) revert NoSuchCharity(charityId);
        _charities[charityId] = charity + (amount << 160);
    }

    /// @dev Terms that will be used later must not fail then. Charities are never removed.
    function _requireSplit(uint256 price, uint256 feeBps, uint256 charityBps, uint16 charityId) internal view {
        FeeSplit.split(price, feeBps, charityBps);
        if (charityBps != 0 && _charities[charityId] == 0) revert NoSuchCharity(charityId);
    }

    /// @dev The price lies here already (auctions, holds): it stops being the buyer's and is shared out.
    function _shareHeld(Sale memory sale, address seller) internal {
        (uint256 net, uint256 taken) = _share(sale, seller);
        _owe(taken);
        _pay(seller, net);
    }

    /// @dev An auction's winner, who is not the seller, pays with money that lies here. Not admitted any more, or the seller
    /// frozen: unwound.
    function _conclude(CardSlot card, Sale memory sale, Delivery delivery) internal {
        address seller = card.owner();
        if (_accounts[seller].frozen() || !_isAdmitted(sale.buyer)) {
            CardSlot freed = card.bumped().withState(State.ACTIVE);
            _store(sale.cardId, freed);
            emit SaleUnwound(sale.cardId, seller, freed.nonce());
            _pay(sale.buyer, sale.price);
        } else if (delivery == Delivery.REISSUE) {
            _hold(card, sale);
        } else {
            _transfer(sale.cardId, card, sale.buyer, State.ACTIVE);
            _shareHeld(sale, seller);
        }
    }

    /// @dev M1: the card stays with the seller, the price here, until the issuer signs or the window ends.
    function _hold(CardSlot card, Sale memory sale) internal {
        uint256 until = block.timestamp + REISSUE_WINDOW;
        _requireSplit(sale.price, sale.feeBps, sale.charityBps, sale.charityId);
        address seller = card.owner();
        if (_accounts[seller].frozen()) revert IERC7943NonFungible.ERC7943CannotSend(seller);
        if (seller == sale.buyer) revert SelfTrade(seller);
        _store(sale.cardId, card.bumped().withState(State.HELD));
        _holds[sale.cardId] = HoldRecord({
            buyer: sale.buyer,
            price: uint96(sale.price),
            until: uint40(until),
            feeBps: uint16(sale.feeBps),
            charityBps: uint16(sale.charityBps),
            charityId: sale.charityId
        });
        emit Held(sale.cardId, seller, sale.buyer, uint96(sale.price), uint40(until));
    }

    /// @dev A sale under way falls: the money goes back, the card is the seller's again.
    /// @return after_ the card, stored, in state ACTIVE
    /// @return payee who gets `amount` back; the caller pays last
    function _unwind(uint256 cardId, CardSlot card) internal returns (CardSlot after_, address payee, uint256 amount) {
        State state = card.state();
        if (state == State.AUCTION) {
            AuctionRecord memory auction = _auctions[cardId].read(EXTENSION_MAX);
            (payee, amount) = (auction.bidder, auction.amount);
            delete _auctions[cardId];
        } else if (state == State.HELD) {
            HoldRecord memory held = _holds[cardId];
            (payee, amount) = (held.buyer, held.price);
            delete _holds[cardId];
            emit HoldRefunded(cardId, payee, uint96(amount));
        } else if (state == State.SEALED) {
            SealedRecord storage auction = _sealed[_sealedKey(cardId, card.nonce())];
            if (auction.leader != address(0)) _unlock(auction.leader, auction.best);
            auction.best = 0;
            // No window left: the bonds of all who committed go back whole.
            auction.revealUntil = 0;
        } else {
            revert WrongState(cardId, state);
        }
        after_ = card.bumped().withState(State.ACTIVE);
        _store(cardId, after_);
        emit SaleUnwound(cardId, card.owner(), after_.nonce());
    }

    /// @dev What a delivery is remembered by: the bid, who delivered, the end of the claim window, what was delivered.
    /// @return hash keccak256(abi.encode(bidHash, seller, until, secret))
    /// @return told where abi.encode(until, secret) lies, 192 bytes in memory that is free
    function _record(bytes32 bidHash, address seller, uint256 until, SealedSecret calldata secret)
        internal
        pure
        returns (bytes32 hash, uint256 told)
    {
        // Read, so that a byte with dirt above it is refused here, and not when the buyer wants to prove something.
        uint256 v = secret.v;
        assembly ("memory-safe") {
            let free := mload(0x40)
            told := add(free, 64)
            mstore(free, bidHash)
            mstore(add(free, 32), shr(96, shl(96, seller)))
            mstore(told, until)
            calldatacopy(add(told, 32), secret, 160)
            mstore(add(told, 64), v)
            hash := keccak256(free, 256)
        }
    }

    function _sealedKey(uint256 cardId, uint32 nonce) internal pure returns (bytes32) {
        return keccak256(abi.encode(cardId, nonce));
    }

    /// @dev A card may be split again after a buy-out while the former shares are still being cashed.
    function _shareId(uint256 cardId, uint32 nonce) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(cardId, nonce)));
    }

    // ------------------------------------------------------------------ purses

    function _lock(address account, uint256 amount) internal {
        Purse storage purse = _purses[account];
        uint256 word;
        assembly ("memory-safe") {
            word := sload(purse.slot)
        }
        (uint256 free, uint256 locked) = (uint128(word), word >> 128);
        if (free < amount) revert InsufficientPurse(free, amount);
        unchecked {
            _setPurse(account, free - amount, locked + amount);
        }
    }

    function _unlock(address account, uint256 amount) internal {
        Purse memory purse = _purses[account];
        _setPurse(account, purse.free + amount, purse.locked - amount);
    }

    /// @dev One write; the compiler would make two of a packed struct. No money has 2^128 fen.
    function _setPurse(address account, uint256 free, uint256 locked) internal {
        Purse storage purse = _purses[account];
        uint256 word = free | locked << 128;
        assembly ("memory-safe") {
            sstore(purse.slot, word)
        }
        emit PurseChanged(account, free, locked);
    }
}
