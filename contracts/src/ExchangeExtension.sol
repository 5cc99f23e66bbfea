// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {ERC721Utils} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Utils.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {AuthoritySlot} from "./AuthoritySlot.sol";
import {ExchangeBase} from "./ExchangeBase.sol";
import {IExchangeExtension} from "./IExchange.sol";
import {IERC6454, IERC6672, IERC7858, IERC7943NonFungible} from "./interfaces/Standards.sol";
import {AccountSlot} from "./lib/AccountSlot.sol";
import {CardSlot} from "./lib/CardSlot.sol";
import {Features} from "./lib/Features.sol";
import {Money} from "./lib/Money.sol";
import {Orders} from "./lib/Orders.sol";
import {Secp256k1} from "./lib/Secp256k1.sol";

/// @title The rarer business of the exchange: sealed auctions, delivery of the secret, shares, emergency, and ERC-721.
/// @dev Runs at the exchange's address by delegatecall. Called directly it has storage of its own in which no account is
/// admitted and no key registered, and which is locked against every guarded call from the start.
contract ExchangeExtension is AuthoritySlot, ExchangeBase, IExchangeExtension, IERC721 {
    using Orders for *;

    address private immutable DESK;

    /// @param desk an ExchangeDesk deployed with the same configuration. Reverts ConfigMismatch.
    constructor(Config memory config_, address desk) AuthoritySlot(config_.authority) ExchangeBase(config_) {
        _requireSameConfig(config_, desk);
        DESK = desk;
        _enter();
    }

    /// @dev Every other selector.
    fallback() external {
        _delegate(DESK);
    }

    /// @inheritdoc IExchangeExtension
    function multicall(bytes[] calldata calls) external returns (bytes[] memory results) {
        results = new bytes[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            results[i] = Address.functionDelegateCall(address(this), calls[i]);
        }
    }

    /// @inheritdoc IExchangeExtension
    function cancelBids() external {
        AccountSlot account = _accounts[msg.sender].withNextEpoch();
        _accounts[msg.sender] = account;
        emit BidsCancelled(msg.sender, account.epoch());
    }

    /// @inheritdoc IExchangeExtension
    function mintBatch(BatchAttest calldata attest, MintItem[] calldata items, bytes calldata verifierSignature)
        external
        business(Features.MINT)
    {
        address verifier = _attested(attest.hash(), attest.deadline, verifierSignature);
        if (_hashItems(items) != attest.itemsHash) revert BadTerms();
        address holder = attest.holder;
        _admitHolder(holder, uint64(items.length));
        for (uint256 i = 0; i < items.length; ++i) {
            _mint(items[i].cardId, holder, items[i].issuerClass, 0);
        }
        emit BatchMinted(holder, verifier, attest.itemsHash, items.length);
    }

    function _hashItems(MintItem[] calldata items) private pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            let size := mul(items.length, 96)
            let free := mload(0x40)
            calldatacopy(free, items.offset, size)
            digest := keccak256(free, size)
        }
    }

    // ------------------------------------------------------------------ purse

    /// @inheritdoc IExchangeExtension
    function deposit(uint96 amount) external business(0) {
        if (FEATURES & (Features.DVP | Features.SEALED) == 0) revert FeatureOff();
        Purse memory purse = _purses[msg.sender];
        _setPurse(msg.sender, uint256(purse.free) + amount, purse.locked);
        _pullWhole(msg.sender, address(this), amount);
    }

    /// @inheritdoc IExchangeExtension
    function withdraw(address to, uint96 amount) external exit {
        _requireOutsider(to);
        Purse memory purse = _purses[msg.sender];
        if (purse.free < amount) revert InsufficientPurse(purse.free, amount);
        _setPurse(msg.sender, purse.free - amount, purse.locked);
        if (!Money.push(address(MONEY), to, amount)) revert MoneyFailed();
    }

    // ------------------------------------------------------------------ sealed auction

    /// @inheritdoc IExchangeExtension
    function openSealed(SealedTerms calldata terms, bytes calldata sellerSignature) external business(Features.SEALED) {
        CardSlot card = _sellable(terms.cardId, terms.revealUntil);
        _requireOrder(card, terms.nonce, terms.commitUntil);
        _requireWindow(block.timestamp, terms.commitUntil);
        _requireWindow(terms.commitUntil, terms.revealUntil);
        if (terms.bond == 0) revert BadTerms();
        _requirePrice(terms.reserve);
        _requireSplit(terms.reserve, terms.feeBps, terms.charityBps, terms.charityId);
        if (terms.delivery == Delivery.REISSUE) _requireFeature(Features.REISSUE);
        address seller = card.owner();
        _requireSigned(seller, terms.hash(), sellerSignature);
        if (_accounts[seller].frozen()) revert IERC7943NonFungible.ERC7943CannotSend(seller);
        _store(terms.cardId, card.withState(State.SEALED));
        _sealed[_sealedKey(terms.cardId, card.nonce())] = SealedRecord({
            leader: address(0),
            best: 0,
            second: terms.reserve,
            bond: terms.bond,
            commitUntil: terms.commitUntil,
            revealUntil: terms.revealUntil,
            secondPrice: terms.secondPrice,
            delivery: terms.delivery,
            feeBps: terms.feeBps,
            charityBps: terms.charityBps,
            charityId: terms.charityId,
            seller: seller
        });
        emit SealedOpened(terms.cardId, card.nonce(), terms.reserve, terms.bond, terms.commitUntil, terms.revealUntil);
    }

    function _requireWindow(uint256 from, uint256 until) private pure {
        if (until < from + SEALED_WINDOW_MIN || until > from + SEALED_WINDOW_MAX) revert BadTerms();
    }

    /// @inheritdoc IExchangeExtension
    function commitBid(uint256 cardId, bytes32 commitment) external business(Features.SEALED) {
        CardSlot card = _cardIn(cardId, State.SEALED);
        bytes32 key = _sealedKey(cardId, card.nonce());
        SealedRecord memory auction = _sealed[key];
        if (block.timestamp >= auction.commitUntil) revert TooLate(auction.commitUntil);
        if (commitment == 0) revert BadReveal();
        if (card.owner() == msg.sender) revert SelfTrade(msg.sender);
        if (_commitments[key][msg.sender] != 0) revert AlreadyCommitted(msg.sender);
        _admit(msg.sender, _accounts[msg.sender], auction.revealUntil);
        _commitments[key][msg.sender] = commitment;
        _lock(msg.sender, auction.bond);
        emit SealedCommitted(cardId, msg.sender, commitment);
    }

    /// @inheritdoc IExchangeExtension
    /// @dev Never paused: who could not reveal would lose a part of the bond.
    function revealBid(uint256 cardId, uint96 amount, bytes32 salt) external exit {
        CardSlot card = _cardIn(cardId, State.SEALED);
        bytes32 key = _sealedKey(cardId, card.nonce());
        SealedRecord memory auction = _sealed[key];
        if (block.timestamp < auction.commitUntil) revert TooEarly(auction.commitUntil);
        if (block.timestamp >= auction.revealUntil) revert TooLate(auction.revealUntil);
        bytes32 commitment = _commitments[key][msg.sender];
        if (commitment == 0) revert NothingCommitted(msg.sender);
        // The bidder is in the commitment: copied by another it opens nothing.
        if (commitment != keccak256(abi.encode(cardId, card.nonce(), msg.sender, amount, salt))) revert BadReveal();
        if (amount > PRICE_CAP) revert PriceAboveCap(amount, PRICE_CAP);
        delete _commitments[key][msg.sender];
        _unlock(msg.sender, auction.bond);
        bool leads = amount > auction.best && amount >= auction.second;
        if (leads) {
            _lock(msg.sender, amount);
            if (auction.leader != address(0)) {
                _unlock(auction.leader, auction.best);
                auction.second = auction.best;
            }
            (auction.leader, auction.best) = (msg.sender, amount);
            _sealed[key] = auction;
        } else if (amount > auction.second) {
            auction.second = amount;
            _sealed[key] = auction;
        }
        emit SealedRevealed(cardId, msg.sender, amount, leads);
    }

    /// @inheritdoc IExchangeExtension
    function settleSealed(uint256 cardId) external exit {
        CardSlot card = _cardIn(cardId, State.SEALED);
        SealedRecord storage stored = _sealed[_sealedKey(cardId, card.nonce())];
        SealedRecord memory auction = stored;
        if (block.timestamp < auction.revealUntil) revert TooEarly(auction.revealUntil);
        if (auction.leader == address(0)) {
            CardSlot freed = card.bumped().withState(State.ACTIVE);
            _store(cardId, freed);
            emit SaleUnwound(cardId, card.owner(), freed.nonce());
            return;
        }
        stored.best = 0;
        uint256 price = auction.secondPrice ? auction.second : auction.best;
        Purse memory purse = _purses[auction.leader];
        _setPurse(auction.leader, purse.free + auction.best - price, purse.locked - auction.best);
        _conclude(
            card,
            Sale(cardId, auction.leader, price, auction.feeBps, auction.charityBps, auction.charityId),
            auction.delivery
        );
    }

    /// @inheritdoc IExchangeExtension
    function forfeitBond(uint256 cardId, uint32 nonce, address bidder) external exit {
        bytes32 key = _sealedKey(cardId, nonce);
        SealedRecord memory auction = _sealed[key];
        if (_commitments[key][bidder] == 0) revert NothingCommitted(bidder);
        if (block.timestamp < auction.revealUntil) revert TooEarly(auction.revealUntil);
        delete _commitments[key][bidder];
        // An auction that fell has no window any more (`_unwind`), and nobody is to blame.
        uint96 penalty = auction.revealUntil == 0 ? 0 : uint96(auction.bond * FORFEIT_BPS / BPS);
        Purse memory purse = _purses[bidder];
        _setPurse(bidder, purse.free + auction.bond - penalty, purse.locked - auction.bond);
        if (penalty != 0) {
            Purse memory sellers = _purses[auction.seller];
            _setPurse(auction.seller, sellers.free + penalty, sellers.locked);
        }
        emit BondForfeited(cardId, nonce, bidder, penalty);
    }

    // ------------------------------------------------------------------ delivery M1

    /// @inheritdoc IExchangeExtension
    /// @dev Good until somebody has called `refundHold`: the buyer holds the new secret.
    function confirmReissue(Reissued calldata reissued, bytes calldata issuerSignature) external exit {
        CardSlot card = _cardIn(reissued.cardId, State.HELD);
        _requireOrder(card, reissued.nonce, reissued.deadline);
        (address issuer, uint16 class) = _requireSigner(SignerKind.ISSUER, reissued.hash(), issuerSignature);
        if (class != card.issuerClass()) revert BadSigner(issuer);
        HoldRecord memory held = _holds[reissued.cardId];
        if (reissued.buyer != held.buyer) revert BadTerms();
        delete _holds[reissued.cardId];
        address seller = card.owner();
        emit ReissueConfirmed(reissued.cardId, issuer, reissued.newCommit);
        // The seller has lost the secret and is paid. A buyer frozen in the meantime gets no card: it waits here, frozen,
        // for the desk's decision.
        if (_isAdmitted(held.buyer)) {
            _transfer(reissued.cardId, card, held.buyer, State.ACTIVE);
        } else {
            // A new owner and a freeze: two numbers on.
            _transfer(reissued.cardId, card.bumped(), address(this), State.FROZEN);
            emit IERC7943NonFungible.Frozen(address(this), reissued.cardId, true);
        }
        _shareHeld(Sale(reissued.cardId, held.buyer, held.price, held.feeBps, held.charityBps, held.charityId), seller);
    }

    /// @inheritdoc IExchangeExtension
    function refundHold(uint256 cardId) external exit {
        CardSlot card = _cardIn(cardId, State.HELD);
        uint40 until = _holds[cardId].until;
        if (block.timestamp < until) revert TooEarly(until);
        _unwindAndPay(cardId, card);
    }

    // ------------------------------------------------------------------ delivery M2

    /// @inheritdoc IExchangeExtension
    function proveWrongDelivery(DeliveryRecord calldata record, uint256 k, uint256 sx, uint256 sy) external exit {
        (bytes32 recordHash, uint256 bond) = _recorded(record);
        if (block.timestamp >= record.until) revert TooLate(record.until);
        uint256 cardId = record.bid.cardId;
        address buyer = record.bid.bidder;
        CardSlot card = _card(cardId);
        State state = card.state();
        if (card.owner() != buyer || (state != State.ACTIVE && state != State.FROZEN)) revert DeliveryAccepted();
        if (Secp256k1.addressOfKey(k) != record.bid.session) revert WrongKey();
        if (!_wrong(record, k, sx, sy)) revert DeliveryWasRight();
        delete _deliveries[recordHash];
        // Nobody can say who knows the secret now: no further sale before the desk has looked.
        _store(cardId, card.bumped().withState(State.FROZEN));
        emit IERC7943NonFungible.Frozen(buyer, cardId, true);
        emit WrongDelivery(cardId, recordHash, bond);
        Purse memory purse = _purses[record.seller];
        _setPurse(record.seller, purse.free, purse.locked - bond);
        purse = _purses[buyer];
        _setPurse(buyer, purse.free + bond, purse.locked);
    }

    /// @dev Decrypts with S = kR as the buyer must have done. No point R: nobody can decrypt that, so it is wrong.
    function _wrong(DeliveryRecord calldata record, uint256 k, uint256 sx, uint256 sy) private pure returns (bool) {
        address shared = Secp256k1.times(record.secret.x, record.secret.v, k);
        if (shared == address(0)) return true;
        if (Secp256k1.addressOfPoint(sx, sy) != shared) revert WrongKey();
        uint256 cardId = record.bid.cardId;
        bytes32[3] memory m;
        for (uint256 i = 0; i < 3; ++i) {
            m[i] = record.secret.c[i] ^ keccak256(abi.encode(sx, sy, cardId, i));
        }
        return keccak256(abi.encode(cardId, m[0], m[1], m[2])) != record.bid.secretCommit;
    }

    /// @inheritdoc IExchangeExtension
    function releaseBond(DeliveryRecord calldata record) external exit {
        (bytes32 recordHash, uint256 bond) = _recorded(record);
        if (block.timestamp < record.until) revert TooEarly(record.until);
        delete _deliveries[recordHash];
        _unlock(record.seller, bond);
        emit BondReleased(record.bid.cardId, recordHash, bond);
    }

    function _recorded(DeliveryRecord calldata record) private view returns (bytes32 recordHash, uint256 bond) {
        (recordHash,) = _record(record.bid.hash(), record.seller, record.until, record.secret);
        bond = _deliveries[recordHash];
        if (bond == 0) revert NoSuchRecord(recordHash);
    }

    // ------------------------------------------------------------------ fractions

    /// @inheritdoc IExchangeExtension
    function transferShares(uint256 shareId, address to, uint48 amount) external business(Features.FRACTION) {
        AccountSlot sender = _accounts[msg.sender];
        if (sender.frozen()) revert IERC7943NonFungible.ERC7943CannotSend(msg.sender);
        _admit(to, _accounts[to], block.timestamp);
        _takeShares(shareId, msg.sender, amount);
        _shares[shareId][to] += amount;
        emit SharesMoved(shareId, msg.sender, to, amount);
    }

    /// @inheritdoc IExchangeExtension
    /// @dev New business that owes the treasury something: guarded as an exit, which keeps what is owed.
    function buyOut(uint256 cardId) external exit {
        _requireBusiness(Features.FRACTION);
        _requireUnpaused(_house);
        CardSlot card = _cardIn(cardId, State.FRACTION);
        _unexpired(cardId, block.timestamp);
        uint256 shareId = _shareId(cardId, card.nonce());
        Fraction memory fraction = _fractions[shareId];
        uint256 floor = fraction.money;
        _admit(msg.sender, _accounts[msg.sender], block.timestamp);
        // The holders of the shares sell, not he in whose name the card stands.
        _transfer(cardId, card, msg.sender, State.ACTIVE);
        (uint256 net, uint256 taken) = _share(Sale(cardId, msg.sender, floor, fraction.feeBps, 0, 0), address(this));
        (fraction.money, fraction.boughtOut) = (uint96(net), true);
        _fractions[shareId] = fraction;
        emit BoughtOut(cardId, shareId, msg.sender, net);
        _owe(taken);
        _pullWhole(msg.sender, address(this), floor);
    }

    /// @inheritdoc IExchangeExtension
    function unite(uint256 cardId) external exit {
        CardSlot card = _cardIn(cardId, State.FRACTION);
        uint256 shareId = _shareId(cardId, card.nonce());
        uint48 supply = _fractions[shareId].supply;
        uint256 have = _shares[shareId][msg.sender];
        if (have != supply) revert NotAllShares(have, supply);
        delete _fractions[shareId];
        _takeShares(shareId, msg.sender, supply);
        _admit(msg.sender, _accounts[msg.sender], block.timestamp);
        _transfer(cardId, card, msg.sender, State.ACTIVE);
        emit SharesMoved(shareId, msg.sender, address(0), supply);
        emit United(cardId, shareId, msg.sender);
    }

    function _takeShares(uint256 shareId, address from, uint256 amount) private {
        uint256 have = _shares[shareId][from];
        if (have < amount) revert InsufficientShares(have, amount);
        _shares[shareId][from] = have - amount;
    }

    // ------------------------------------------------------------------ emergency

    /// @inheritdoc IExchangeExtension
    function emergencyUnwind(uint256 cardId) external exit {
        uint256 opensAt = LOG_ANCHOR.anchoredAt() + EMERGENCY_SILENCE;
        if (block.timestamp < opensAt) revert NoEmergency(opensAt);
        _unwindAndPay(cardId, _card(cardId));
    }

    function _unwindAndPay(uint256 cardId, CardSlot card) private {
        (, address payee, uint256 amount) = _unwind(cardId, card);
        _pay(payee, amount);
    }

    // ------------------------------------------------------------------ ERC-721

    /// @inheritdoc IERC721
    function balanceOf(address account) external view returns (uint256) {
        if (account == address(0)) revert IERC721Errors.ERC721InvalidOwner(address(0));
        return _accounts[account].balance();
    }

    /// @inheritdoc IERC721
    function ownerOf(uint256 cardId) external view returns (address) {
        return _live(cardId).owner();
    }

    /// @inheritdoc IERC721
    function approve(address spender, uint256 cardId) external {
        CardSlot card = _live(cardId);
        address owner = card.owner();
        if (owner != msg.sender && !_operators[owner][msg.sender]) {
            revert IERC721Errors.ERC721InvalidApprover(msg.sender);
        }
        _approvals[cardId] = Permission(spender, card.nonce());
        emit Approval(owner, spender, cardId);
    }

    /// @inheritdoc IERC721
    function getApproved(uint256 cardId) external view returns (address) {
        return _approved(cardId, _live(cardId));
    }

    /// @inheritdoc IERC721
    function setApprovalForAll(address operator, bool approved) external {
        if (operator == address(0)) revert IERC721Errors.ERC721InvalidOperator(operator);
        _operators[msg.sender][operator] = approved;
        emit ApprovalForAll(msg.sender, operator, approved);
    }

    /// @inheritdoc IERC721
    function isApprovedForAll(address owner, address operator) external view returns (bool) {
        return _operators[owner][operator];
    }

    /// @inheritdoc IERC721
    function transferFrom(address from, address to, uint256 cardId) external business(Features.TRANSFER) {
        _transferFrom(from, to, cardId);
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address from, address to, uint256 cardId) external business(Features.TRANSFER) {
        _transferFrom(from, to, cardId);
        ERC721Utils.checkOnERC721Received(msg.sender, from, to, cardId, "");
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address from, address to, uint256 cardId, bytes calldata data)
        external
        business(Features.TRANSFER)
    {
        _transferFrom(from, to, cardId);
        ERC721Utils.checkOnERC721Received(msg.sender, from, to, cardId, data);
    }

    function _transferFrom(address from, address to, uint256 cardId) private {
        CardSlot card = _live(cardId);
        address owner = card.owner();
        if (owner != from) revert IERC721Errors.ERC721IncorrectOwner(from, cardId, owner);
        if (msg.sender != from && !_operators[from][msg.sender] && _approved(cardId, card) != msg.sender) {
            revert IERC721Errors.ERC721InsufficientApproval(msg.sender, cardId);
        }
        if (card.state() == State.FROZEN) revert IERC7943NonFungible.ERC7943InsufficientUnfrozenBalance(from, cardId);
        if (card.state() != State.ACTIVE) revert IERC7943NonFungible.ERC7943CannotTransfer(from, to, cardId);
        if (!_isAdmitted(to)) revert IERC7943NonFungible.ERC7943CannotReceive(to);
        _move(cardId, card, to);
    }

    function _approved(uint256 cardId, CardSlot card) private view returns (address) {
        Permission memory approval = _approvals[cardId];
        return approval.nonce == card.nonce() ? approval.spender : address(0);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC721).interfaceId
            || interfaceId == type(IERC721Metadata).interfaceId || interfaceId == type(IERC7943NonFungible).interfaceId
            || interfaceId == type(IERC7858).interfaceId || interfaceId == type(IERC6672).interfaceId
            || interfaceId == type(IERC6454).interfaceId || interfaceId == bytes4(0x49064906);
    }
}
